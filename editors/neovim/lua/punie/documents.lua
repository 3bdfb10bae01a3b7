-- `punie:` documents as buffers: made, filled from `workspace/textDocumentContent`, and filled again on refresh.
local markdown = require('punie.markdown')
local panel = require('punie.panel')

local M = {}

---@type table<string, integer> buffers by URI
local buffers = {}

-- Neovim knows an address by its "//".
---@param uri string
---@return string
local function name_of(uri)
  return (uri:gsub('^punie:/*', 'punie:///'))
end

---@param lhs string
---@param what string
local function map(bufnr, lhs, what, desc)
  vim.keymap.set('n', lhs, function()
    require('punie.commands').run({ fargs = { what }, range = 0 })
  end, { buffer = bufnr, nowait = true, desc = desc })
end

-- A read-only Markdown buffer with the keys of an answer.
---@param name? string
---@return integer
function M.new(name)
  local bufnr = vim.api.nvim_create_buf(false, true)
  if name then
    pcall(vim.api.nvim_buf_set_name, bufnr, name)
  end
  vim.bo[bufnr].bufhidden = 'hide'
  vim.bo[bufnr].swapfile = false
  vim.bo[bufnr].undolevels = -1
  vim.bo[bufnr].filetype = 'markdown'
  pcall(vim.treesitter.start, bufnr, 'markdown')
  vim.bo[bufnr].modifiable = false
  map(bufnr, 'q', 'close', 'Punie: close')
  map(bufnr, '<CR>', 'ask', 'Punie: ask on')
  map(bufnr, '<C-c>', 'stop', 'Punie: stop')
  return bufnr
end

---@param bufnr integer
---@param first integer
---@param last integer
---@param lines string[]
function M.set(bufnr, first, last, lines)
  if vim.api.nvim_buf_is_valid(bufnr) then
    vim.bo[bufnr].modifiable = true
    vim.api.nvim_buf_set_lines(bufnr, first, last, false, lines)
    vim.bo[bufnr].modifiable = false
    vim.bo[bufnr].modified = false
  end
end

---@param uri string
---@return integer? bufnr
function M.known(uri)
  local bufnr = buffers[uri]
  return bufnr and vim.api.nvim_buf_is_valid(bufnr) and bufnr or nil
end

-- A buffer that was filled by a stream is from now on the one of a document.
---@param bufnr integer
---@param uri string
function M.adopt(bufnr, uri)
  buffers[uri] = bufnr
  pcall(vim.api.nvim_buf_set_name, bufnr, name_of(uri))
end

-- The document's buffer; an empty one when it is new.
---@param uri string
---@return integer
function M.buffer(uri)
  local bufnr = M.known(uri)
  if not bufnr then
    bufnr = M.new(name_of(uri))
    buffers[uri] = bufnr
  end
  return bufnr
end

---@param client vim.lsp.Client
---@param uri string
---@param done fun(text: string?)
function M.text(client, uri, done)
  client:request('workspace/textDocumentContent', { uri = uri }, function(failure, result)
    done(not failure and result and result.text or nil)
  end, (next(client.attached_buffers)))
end

-- Fill a document's buffer with what the server has; `done` when it is there.
---@param client vim.lsp.Client
---@param uri string
---@param done? fun()
function M.fill(client, uri, done)
  M.text(client, uri, function(text)
    local bufnr = M.known(uri)
    if text and bufnr then
      local was = vim.api.nvim_buf_line_count(bufnr)
      local lines = markdown.lines(text)
      if not vim.deep_equal(lines, vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)) then
        M.set(bufnr, 0, -1, lines)
        panel.follow(bufnr, was)
      end
    end
    if done then
      done()
    end
  end)
end

-- The server says that a text is another one now.
---@param client vim.lsp.Client
---@param uri string
function M.refresh(client, uri)
  if M.known(uri) then
    require('punie.conversation').refreshing(uri)
    M.fill(client, uri)
  end
end

return M
