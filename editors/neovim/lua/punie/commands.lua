-- :Punie and its subcommands: each is one command of the server, with the place and the words of the user.
local client = require('punie.client')
local menus = require('punie.menus')
local notify = require('punie.notify')
local running = require('punie.running')
local tests = require('punie.tests')

local M = {}

---@class punie.Subcommand
---@field run fun(call: punie.Call, words: string[])
---@field complete? fun(words: string[]): string[] what may come next

---@param prompt string
---@param call punie.Call
---@param done fun(words: string)
local function words_or_input(prompt, call, done)
  local text = vim.trim((call.args or table.concat(call.fargs, ' ')):gsub('^%s*%S+', '', 1))
  if text ~= '' then
    done(text)
    return
  end
  vim.ui.input({ prompt = prompt }, function(words)
    if words and vim.trim(words) ~= '' then
      done(words)
    end
  end)
end

---@param command string
---@return fun(call: punie.Call)
local function task(command)
  return function(call)
    local argument = running.argument_of(call)
    if argument then
      running.execute(command, argument, function(result)
        -- Where edits were made or proposed, the review and its outcome have said it.
        if result and not result.applied and result.message then
          notify.say(result.message)
        end
      end)
    end
  end
end

--- A command that takes the user's words, under a name of its own.
---@param command string
---@param name string
---@param question string
---@return fun(call: punie.Call)
local function in_words(command, name, question)
  return function(call)
    local argument = running.argument_of(call)
    if argument then
      words_or_input(question, call, function(words)
        argument[name] = words
        running.converse(command, argument, words)
      end)
    end
  end
end

---@param command string
---@return fun(call: punie.Call)
local function plain(command)
  return function()
    if running.focus() then
      running.execute(command, {})
    end
  end
end

---@param call punie.Call
local function fix(call)
  local bufnr = vim.api.nvim_get_current_buf()
  if #vim.lsp.get_clients({ bufnr = bufnr, name = client.NAME }) == 0 then
    notify.warn(client.why_not())
    return
  end
  local closed = require('punie.edits').closed_to_edits(bufnr)
  if closed then
    notify.warn(closed .. ', so nothing is fixed.')
    return
  end
  local range
  if call.range and call.range > 0 then
    local last = vim.api.nvim_buf_get_lines(bufnr, call.line2 - 1, call.line2, false)[1] or ''
    range = { start = { call.line1, 0 }, ['end'] = { call.line2, #last } }
  end
  vim.lsp.buf.code_action({
    apply = true,
    range = range,
    filter = function(action)
      return vim.startswith(action.title, 'Fix with Punie')
    end,
  })
end

---@param call punie.Call
local function explain(call)
  local argument = running.argument_of(call)
  if not argument then
    return
  end
  local bufnr = vim.uri_to_bufnr(argument.uri)
  -- A problem under the cursor is what the user wants to know about.
  if argument.position and vim.api.nvim_get_current_buf() == bufnr then
    local row, column = unpack(vim.api.nvim_win_get_cursor(0))
    for _, found in ipairs(vim.diagnostic.get(bufnr, { lnum = row - 1 })) do
      local sent = found.user_data and found.user_data.lsp
      if sent and column >= found.col and column < found.end_col then
        argument.diagnostic = { message = sent.message, range = sent.range, source = sent.source, code = sent.code }
        argument.position = nil
        break
      end
    end
  end
  running.converse('punie.explain', argument, argument.diagnostic and 'Explain the problem' or 'Explain')
end

---@param command string
---@return fun(call: punie.Call, words: string[])
local function history(command)
  return function(_, words)
    if running.focus() then
      running.execute(command, { transaction = words[1] })
    end
  end
end

---@type table<string, punie.Subcommand>
local SUBCOMMANDS = {
  ask = { run = in_words('punie.ask', 'prompt', 'Ask Punie: ') },
  refactor = { run = in_words('punie.refactor', 'text', 'Refactor how? ') },
  fix = { run = fix },
  fixFile = { run = plain('punie.fixFile') },
  fixWorkspace = { run = plain('punie.fixWorkspace') },
  explain = { run = explain },
  generateTests = { run = task('punie.generateTests') },
  writeDocstring = { run = task('punie.writeDocstring') },
  annotateTypes = { run = task('punie.annotateTypes') },
  runCode = {
    run = function(call)
      local argument = running.argument_of(call)
      if argument then
        running.execute('punie.runCode', { uri = argument.uri, range = argument.range })
      end
    end,
  },
  tests = { run = tests.run, complete = tests.complete },
  sessions = { run = menus.sessions, complete = menus.complete_sessions },
  model = { run = menus.model, complete = menus.complete_model },
  undo = { run = history('punie.undo') },
  redo = { run = history('punie.redo') },
  status = { run = plain('punie.status') },
  stop = {
    run = function()
      if running.focus() then
        running.execute('punie.stop', { session = require('punie.conversation').session() })
      end
    end,
  },
  open = {
    run = function()
      if not require('punie.conversation').open() then
        notify.say('nothing was asked yet. :Punie ask begins a conversation.')
      end
    end,
  },
  close = {
    run = function()
      require('punie.panel').close()
    end,
  },
  restart = { run = client.restart },
}

local WITHOUT_SERVER = { open = true, close = true, restart = true }

---@return string[]
local function names()
  local found = vim.tbl_keys(SUBCOMMANDS)
  table.sort(found)
  return found
end

-- Run :Punie.
---@param call punie.Call
function M.run(call)
  local name = call.fargs[1]
  if not name then
    vim.ui.select(names(), { prompt = 'Punie: what?' }, function(choice)
      if choice then
        M.run(vim.tbl_extend('force', call, { fargs = { choice }, args = choice }))
      end
    end)
    return
  end
  local subcommand = SUBCOMMANDS[name]
  if not subcommand then
    notify.warn(('%s is no subcommand; there are %s.'):format(name, table.concat(names(), ', ')))
    return
  end
  local function run()
    subcommand.run(call, vim.list_slice(call.fargs, 2))
  end
  if client.starting() and not WITHOUT_SERVER[name] then
    client.when_started(run)
  else
    run()
  end
end

-- Complete :Punie.
---@param lead string
---@param line string
---@param at integer
---@return string[]
function M.complete(lead, line, at)
  local before = line:sub(1, at - #lead):gsub('^.-Punie!?%s*', '')
  local words = vim.split(before, '%s+', { trimempty = true })
  local found
  if #words == 0 then
    found = names()
  else
    local subcommand = SUBCOMMANDS[words[1]]
    found = subcommand and subcommand.complete and subcommand.complete(vim.list_slice(words, 2)) or {}
  end
  return vim.tbl_filter(function(entry)
    return vim.startswith(entry, lead)
  end, found)
end

return M
