-- :Punie sessions and :Punie model: lists of the server to choose from.
local client = require('punie.client')
local lists = require('punie.lists')
local notify = require('punie.notify')
local running = require('punie.running')

local M = {}

---@param row table
---@return string
local function session_text(row)
  local mark = row.current and '* ' or '  '
  local state = row.state ~= 'idle' and (' [%s]'):format(row.state) or ''
  local title = row.title ~= '' and row.title or row.id
  local turns = ('%d turn%s'):format(row.turns, row.turns == 1 and '' or 's')
  return ('%s%s%s (%s, %s)'):format(mark, title, state, turns, os.date('%Y-%m-%d %H:%M', row.updated))
end

---@param action string
---@param row table
local function with_session(action, row)
  local function go()
    running.execute('punie.sessions', { action = action, session = row.id }, function(result)
      if result and action == 'resume' and result.document then
        local _, of = client.focus()
        if of then
          require('punie.conversation').resumed(of, row.id, result.document)
        end
      end
    end)
  end
  if action ~= 'delete' then
    go()
    return
  end
  vim.ui.select({ 'Keep', 'Delete' }, { prompt = ('Delete “%s” for good?'):format(row.title or row.id) }, function(choice)
    if choice == 'Delete' then
      go()
    end
  end)
end

local ACTIONS = { 'list', 'resume', 'show', 'export', 'delete' }

-- Earlier conversations; what is not said is asked.
---@param words string[]
function M.sessions(_, words)
  if not running.focus() then
    return
  end
  local action, id = words[1], words[2]
  if action and not vim.list_contains(ACTIONS, action) then
    notify.warn(('%s is nothing to do with sessions; there are %s.'):format(action, table.concat(ACTIONS, ', ')))
  elseif action == 'list' then
    running.execute('punie.sessions', { action = 'list' })
  elseif action and id then
    with_session(action, { id = id, title = id })
  else
    local none = 'there are no sessions yet. :Punie ask begins one.'
    lists.choose('punie.sessions', { action = 'list', format = 'json' }, 'Which session?', none, session_text, function(row)
      if action then
        with_session(action, row)
        return
      end
      vim.ui.select({ 'resume', 'show', 'export', 'delete' }, { prompt = row.title }, function(choice)
        if choice then
          with_session(choice, row)
        end
      end)
    end)
  end
end

---@param row table
---@return string
local function model_text(row)
  return row.problem and row.problem ~= '' and ('%s (not usable now: %s)'):format(row.spec, row.problem) or row.spec
end

-- Let another model answer.
---@param words string[]
function M.model(_, words)
  if not running.focus() then
    return
  elseif words[1] then
    running.execute('punie.selectModel', { model = table.concat(words, ' ') })
    return
  end
  local none = 'there are no models.'
  lists.choose('punie.selectModel', { format = 'json' }, 'Which model?', none, model_text, function(row)
    running.execute('punie.selectModel', { model = row.spec })
  end)
end

-- What may come after `sessions`.
---@param words string[]
---@return string[]
function M.complete_sessions(words)
  if #words == 0 then
    return ACTIONS
  end
  return #words == 1 and words[1] ~= 'list' and vim.tbl_map(function(row)
    return row.id
  end, lists.sessions()) or {}
end

-- What may come after `model`.
---@param words string[]
---@return string[]
function M.complete_model(words)
  return #words == 0 and vim.tbl_map(function(row)
    return row.spec
  end, lists.models()) or {}
end

return M
