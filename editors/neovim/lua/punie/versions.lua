-- Versions of documents. Neovim opens a text as version 0, and applies an edit for version 0 to any later text: what was
-- typed while the edit was on its way would be broken. So a text is opened as what its change tick says, as it counts on.
local M = {}

---@param document { uri: string, version: integer }
local function count(document)
  local bufnr = vim.uri_to_bufnr(document.uri)
  if document.version == 0 and vim.api.nvim_buf_is_loaded(bufnr) then
    document.version = vim.api.nvim_buf_get_changedtick(bufnr)
    vim.lsp.util.buf_versions[bufnr] = document.version
  end
end

-- Let a client open its documents with versions that Neovim looks at.
---@param client vim.lsp.Client
function M.counted(client)
  local notify = client.notify
  ---@diagnostic disable-next-line: duplicate-set-field
  client.notify = function(self, method, params)
    if method == 'textDocument/didOpen' then
      count(params.textDocument)
    end
    return notify(self, method, params)
  end
end

return M
