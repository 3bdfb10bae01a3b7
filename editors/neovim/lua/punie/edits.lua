-- `workspace/applyEdit`: all of an edit or nothing, and an honest answer about it.
-- Neovim's own handler says "applied" when it left out an edit for an older text.
local notify = require('punie.notify')

local M = {}

---@param edit lsp.WorkspaceEdit
---@return { uri: string, version: integer? }[] documents
---@return table<string, boolean> created
local function concerned(edit)
  local found, created = {}, {}
  for _, change in ipairs(edit.documentChanges or {}) do
    if change.textDocument then
      found[#found + 1] = change.textDocument
    elseif change.kind == 'create' then
      created[change.uri] = true
    elseif change.kind == 'rename' then
      found[#found + 1] = { uri = change.oldUri }
      created[change.newUri] = true
    else
      found[#found + 1] = { uri = change.uri }
    end
  end
  for uri in pairs(edit.changes or {}) do
    found[#found + 1] = { uri = uri }
  end
  return found, created
end

-- The loaded buffer of a file, without making one.
---@param path string
---@return integer?
local function loaded(path)
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) and vim.api.nvim_buf_get_name(bufnr) == path then
      return bufnr
    end
  end
end

-- Why a document cannot be edited, or nil.
---@param document { uri: string, version: integer? }
---@param created table<string, boolean>
---@return string?
local function obstacle(document, created)
  local path = vim.uri_to_fname(document.uri)
  local name = vim.fn.fnamemodify(path, ':~:.')
  local bufnr = loaded(path)
  if not bufnr then
    local missing = not created[document.uri] and vim.fn.filewritable(path) == 0
    return missing and name .. ' is read-only, or not there' or nil
  end
  -- The version of a text that was not edited since it was opened is 0, which Neovim does not look at.
  if type(document.version) == 'number' and vim.lsp.util.buf_versions[bufnr] > document.version then
    return name .. ' changed meanwhile'
  end
  if not vim.bo[bufnr].modifiable then
    return name .. " cannot be changed here ('nomodifiable')"
  end
  if vim.bo[bufnr].readonly then
    return name .. " is read-only here ('readonly')"
  end
end

-- Why a buffer takes no edits, or nil.
---@param bufnr integer
---@return string?
function M.closed_to_edits(bufnr)
  return obstacle({ uri = vim.uri_from_bufnr(bufnr) }, {})
end

-- Neovim leaves an empty line at the end of a text that it puts into a new file.
---@param created table<string, boolean>
local function tidy(created)
  for uri in pairs(created) do
    local bufnr = loaded(vim.uri_to_fname(uri))
    local count = bufnr and vim.api.nvim_buf_line_count(bufnr) or 0
    if bufnr and count > 1 and vim.api.nvim_buf_get_lines(bufnr, -2, -1, false)[1] == '' then
      vim.api.nvim_buf_set_lines(bufnr, -2, -1, false, {})
    end
  end
end

-- Files that were changed where nobody sees it are named: they are not saved yet.
---@param uris string[]
local function name_hidden(uris)
  local hidden = {}
  for _, uri in ipairs(uris) do
    local path = vim.uri_to_fname(uri)
    local bufnr = loaded(path)
    if bufnr and vim.bo[bufnr].modified and #vim.fn.win_findbuf(bufnr) == 0 then
      hidden[#hidden + 1] = vim.fn.fnamemodify(path, ':~:.')
    end
  end
  if #hidden > 0 then
    table.sort(hidden)
    local named = table.concat(vim.list_slice(hidden, 1, 5), ', ') .. (#hidden > 5 and ', …' or '')
    notify.say(('changed, but not saved: %s. :wall saves them.'):format(named))
  end
end

---@param client vim.lsp.Client
---@param params lsp.ApplyWorkspaceEditParams
---@return lsp.ApplyWorkspaceEditResult
function M.apply(client, params)
  local documents, created = concerned(params.edit)
  for _, document in ipairs(documents) do
    local why = obstacle(document, created)
    if why then
      return { applied = false, failureReason = why }
    end
  end
  local done, failure = pcall(vim.lsp.util.apply_workspace_edit, params.edit, client.offset_encoding)
  if not done then
    return { applied = false, failureReason = tostring(failure) }
  end
  tidy(created)
  local uris = vim.deepcopy(created)
  for _, document in ipairs(documents) do
    uris[document.uri] = true
  end
  name_hidden(vim.tbl_keys(uris))
  return { applied = true }
end

return M
