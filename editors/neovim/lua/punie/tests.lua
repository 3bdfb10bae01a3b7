-- :Punie tests.
local client = require('punie.client')
local lists = require('punie.lists')
local notify = require('punie.notify')
local running = require('punie.running')

local M = {}

---@param which string
---@return table?
local function tests_of(which)
  local bufnr, of = running.focus()
  if not bufnr or not of then
    return nil
  elseif which == 'all' then
    return { path = '.' }
  elseif which ~= 'nearest' then
    return which == 'file' and {} or which:find('::', 1, true) and { testId = which } or { path = which }
  end
  local win = vim.fn.bufwinid(bufnr)
  local line, nearest = vim.api.nvim_win_get_cursor(win ~= -1 and win or 0)[1] - 1, nil
  for _, test in ipairs(lists.tests(bufnr, of)) do
    if test.line <= line then
      nearest = test.id
    end
  end
  if not nearest then
    notify.warn('there is no test at or above the cursor.')
    return nil
  end
  return { testId = nearest }
end

---@param result table?
local function show_failures(result)
  local _, of = client.focus()
  if result and result.document and of then
    require('punie.conversation').show(of, result.document, 0, true)
  end
end

-- Run them; failures are shown.
---@param words string[]
function M.run(_, words)
  local argument = tests_of(words[1] or 'file')
  if argument then
    running.execute('punie.runTests', argument, show_failures)
  end
end

-- What may come after `tests`.
---@return string[]
function M.complete()
  local found = { 'nearest', 'file', 'all' }
  local bufnr, of = client.focus()
  if bufnr and of then
    for _, test in ipairs(lists.tests(bufnr, of)) do
      found[#found + 1] = test.id
    end
  end
  return found
end

return M
