-- Models, sessions and tests, as the server lists them: for completion, which waits, and for menus, which do not.
local client = require('punie.client')

local M = {}

local COMPLETION_MS = 2000

---@param command string
---@param argument table
---@return table[]
local function rows(command, argument)
  local result = client.ask_now(command, argument, COMPLETION_MS)
  return result and type(result.data) == 'table' and result.data or {}
end

---@return table[]
function M.models()
  return rows('punie.selectModel', { format = 'json' })
end

---@return table[]
function M.sessions()
  return rows('punie.sessions', { action = 'list', format = 'json' })
end

---@param bufnr integer
---@param of vim.lsp.Client
---@return { line: integer, id: string }[] the tests of a buffer by line, from the server's code lenses
function M.tests(bufnr, of)
  local params = { textDocument = vim.lsp.util.make_text_document_params(bufnr) }
  local answer = of:request_sync('textDocument/codeLens', params, COMPLETION_MS, bufnr)
  local found = {}
  for _, lens in ipairs(answer and answer.result or {}) do
    local command = lens.command
    local id = command and command.command == 'punie.runTests' and command.arguments[1].testId
    if id then
      found[#found + 1] = { line = lens.range.start.line, id = id }
    end
  end
  return found
end

-- Choose one of the server's rows in a menu.
---@param command string
---@param argument table
---@param prompt string
---@param none string what is said when there are no rows
---@param format fun(row: table): string
---@param chosen fun(row: table)
function M.choose(command, argument, prompt, none, format, chosen)
  client.execute(command, argument, function(result)
    if not result then
      return
    end
    local found = type(result.data) == 'table' and result.data or {}
    if #found == 0 then
      require('punie.notify').say(none)
      return
    end
    vim.ui.select(found, { prompt = prompt, kind = 'punie', format_item = format }, function(row)
      if row then
        chosen(row)
      end
    end)
  end)
end

return M
