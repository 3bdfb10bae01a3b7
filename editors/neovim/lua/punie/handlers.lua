-- What the server asks of Neovim, answered by this plugin for this one client: no handler of other clients changes.
local notify = require('punie.notify')

local M = {}

local LEVELS = {
  vim.log.levels.ERROR,
  vim.log.levels.WARN,
  vim.log.levels.INFO,
  vim.log.levels.INFO,
  vim.log.levels.DEBUG,
}

---@param params lsp.ShowMessageParams
local function show_message(_, params)
  notify.say(params.message, LEVELS[params.type])
end

---@param params punie.Question
local function ask(_, params)
  return require('punie.ask').ask(params)
end

---@param params lsp.ShowDocumentParams
---@param context lsp.HandlerContext
local function show_document(failure, params, context)
  if not vim.startswith(params.uri, 'punie:') then
    return vim.lsp.handlers['window/showDocument'](failure, params, context)
  end
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  require('punie.conversation').show(client, params.uri, params.selection and params.selection.start.line)
  return { success = true }
end

---@param params { uri: string }
---@param context lsp.HandlerContext
local function refresh(_, params, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  require('punie.documents').refresh(client, params.uri)
  return vim.NIL
end

---@param params lsp.ApplyWorkspaceEditParams
---@param context lsp.HandlerContext
local function apply_edit(_, params, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  return require('punie.edits').apply(client, params)
end

---@param params { uri: string, session: string, turn: integer, event: table }
---@param context lsp.HandlerContext
local function event(_, params, context)
  require('punie.status').event(context.client_id, params)
  require('punie.conversation').event(context.client_id, params)
end

---@param params table
---@param context lsp.HandlerContext
local function status(_, params, context)
  require('punie.status').told(context.client_id, params)
end

-- The only requests of the server that wait are questions, and there is one at a time.
local function cancel()
  require('punie.ask').withdrawn()
end

---@return table<string, lsp.Handler>
function M.table()
  return {
    ['window/showMessage'] = show_message,
    ['window/showDocument'] = show_document,
    ['workspace/textDocumentContent/refresh'] = refresh,
    ['workspace/applyEdit'] = apply_edit,
    ['punie/ask'] = ask,
    ['punie/event'] = event,
    ['punie/status'] = status,
    ['$/cancelRequest'] = cancel,
  }
end

return M
