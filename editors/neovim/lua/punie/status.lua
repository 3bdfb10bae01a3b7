-- What the server is, who answers and what runs: from `punie/status`, and from `$/progress` where that is not sent.
local M = {}

---@class punie.ServerState
---@field model string
---@field state 'starting'|'idle'|'working'
---@field running { title: string, doing: string }[]

---@type table<integer, punie.ServerState> by client
local states = {}
---@type table<integer, table<string, string>> what progress bars say, by client and token
local progress = {}
local drawn = false

-- The status line shows it soon; many news at once draw it once.
local function changed()
  if drawn then
    return
  end
  drawn = true
  vim.defer_fn(function()
    drawn = false
    vim.api.nvim_exec_autocmds('User', { pattern = 'PunieStatus', modeline = false })
    vim.cmd.redrawstatus({ bang = true })
  end, 50)
end

---@param client vim.lsp.Client
function M.started(client)
  states[client.id] = { model = '', state = 'idle', running = {} }
  progress[client.id] = {}
  changed()
end

---@param client integer
function M.gone(client)
  states[client], progress[client] = nil, nil
  changed()
end

-- `punie/status`.
---@param client integer
---@param params table
function M.told(client, params)
  local model = params.model
  if model == '' then -- nobody was asked yet: who would be
    model = (params.models or {})[1] or ''
  end
  if #params.running == 0 then
    progress[client] = {}
  end
  states[client] = { model = model, state = params.state, running = params.running }
  changed()
end

-- One event of a turn: the model is known from its beginning.
---@param client integer
---@param params table
function M.event(client, params)
  local state = states[client]
  if state and params.event.type == 'turn_started' and params.model then
    state.model = params.model
    changed()
  end
end

vim.api.nvim_create_autocmd('LspProgress', {
  group = vim.api.nvim_create_augroup('punie.status', {}),
  callback = function(event)
    local id, params = event.data.client_id, event.data.params
    local client = vim.lsp.get_client_by_id(id)
    if not client or client.name ~= 'punie' or type(params.value) ~= 'table' then
      return
    end
    local texts = progress[id] or {}
    progress[id] = texts
    local token, value = tostring(params.token), params.value
    if value.kind == 'end' then
      texts[token] = nil
    else
      texts[token] = value.message or value.title
      require('punie.conversation').progress(texts[token])
    end
    changed()
  end,
})

---@return integer? client
local function here()
  local client = vim.lsp.get_clients({ bufnr = 0, name = 'punie' })[1]
    or vim.lsp.get_clients({ name = 'punie' })[1]
  return client and client.id
end

---@return { model: string, running: string[], state: 'off'|'starting'|'idle'|'running' }
function M.now()
  local id = here()
  if not id then
    local starting = #vim.lsp.get_clients({ name = 'punie', _uninitialized = true }) > 0
    return { model = '', running = {}, state = starting and 'starting' or 'off' }
  end
  local state = states[id] or { model = '', running = {} }
  local running = {}
  for _, text in vim.spairs(progress[id] or {}) do
    running[#running + 1] = text
  end
  if #running == 0 then
    for _, job in ipairs(state.running) do
      running[#running + 1] = job.doing ~= '' and job.doing or job.title
    end
  end
  return { model = state.model, running = running, state = #running > 0 and 'running' or 'idle' }
end

---@param text string
---@param most integer
---@return string
local function cut(text, most)
  return vim.fn.strcharlen(text) > most and vim.fn.strcharpart(text, 0, most - 1) .. '…' or text
end

-- A part of the status line.
---@return string
function M.line()
  local settings = require('punie.config').get().statusline
  local now = M.now()
  if now.state == 'off' then
    return ''
  elseif now.state == 'starting' then
    return settings.name .. ' starting…'
  end
  local parts = { settings.name }
  if settings.model and now.model ~= '' then
    parts[#parts + 1] = now.model
  end
  local text = table.concat(parts, ' ')
  if require('punie.ask').waits() then
    text = text .. ': your answer?'
  elseif now.state == 'running' then
    local more = #now.running > 1 and (' (+%d)'):format(#now.running - 1) or ''
    text = ('%s: %s%s'):format(text, cut(now.running[1], settings.width), more)
  end
  -- In a status line a percent sign begins an item.
  return (text:gsub('%%', ''):gsub('%s+', ' '))
end

return M
