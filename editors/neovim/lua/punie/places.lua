-- From a command's range, the selection or the cursor to LSP positions in the server's encoding.
local M = {}

---@param bufnr integer
---@return integer? window that shows the buffer
local function window_of(bufnr)
  if vim.api.nvim_get_current_buf() == bufnr then
    return vim.api.nvim_get_current_win()
  end
  local win = vim.fn.bufwinid(bufnr)
  return win ~= -1 and win or nil
end

-- The selection, if the range of a command is the one of the last selection.
---@param bufnr integer
---@param call punie.Call
---@return integer[]? start row from 1, column from 0
---@return integer[]? finish column inclusive
local function selection(bufnr, call)
  local from, to = vim.api.nvim_buf_get_mark(bufnr, '<'), vim.api.nvim_buf_get_mark(bufnr, '>')
  if from[1] ~= call.line1 or to[1] ~= call.line2 or vim.fn.visualmode() ~= 'v' then
    return nil
  end
  return from, to
end

---@param bufnr integer
---@param row integer from 1
---@return integer
local function width(bufnr, row)
  return #(vim.api.nvim_buf_get_lines(bufnr, row - 1, row, false)[1] or '')
end

-- The range of a call, or the cursor's place, as a command's arguments have them.
---@param client vim.lsp.Client
---@param bufnr integer
---@param call punie.Call
---@return { range: lsp.Range?, position: lsp.Position? }
function M.of(client, bufnr, call)
  if call.range and call.range > 0 and vim.api.nvim_get_current_buf() == bufnr then
    local from, to = selection(bufnr, call)
    from = from or { call.line1, 0 }
    to = to or { call.line2, math.max(0, width(bufnr, call.line2) - 1) }
    -- A selection of whole lines ends at a column that no line has.
    to[2] = math.min(to[2], math.max(0, width(bufnr, to[1]) - 1))
    local params = vim.lsp.util.make_given_range_params(from, to, bufnr, client.offset_encoding)
    return { range = params.range }
  end
  local win = window_of(bufnr)
  if not win then
    return {}
  end
  return { position = vim.lsp.util.make_position_params(win, client.offset_encoding).position }
end

return M
