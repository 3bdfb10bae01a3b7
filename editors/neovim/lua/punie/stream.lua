-- The text of a conversation in its buffer: it grows while a turn is written, with a line below it that says what is done.
local documents = require('punie.documents')
local panel = require('punie.panel')

local M = {}

local NAMESPACE = vim.api.nvim_create_namespace('punie.conversation')
local REDRAW_MS = 40

---@class punie.Conversation
---@field session string empty until the server has named it
---@field bufnr integer
---@field client integer
---@field uri? string
---@field turn? integer the turn that runs; nil when none does
---@field ended? boolean whether a turn ended and its document is still to come
---@field message? integer which message of the turn is being written
---@field waiting string text that is not in the buffer yet
---@field doing string what it does now

---@type punie.Conversation[] those with something to draw
local dirty = {}
local timer_runs = false

---@param conversation punie.Conversation
function M.draw(conversation)
  vim.api.nvim_buf_clear_namespace(conversation.bufnr, NAMESPACE, 0, -1)
  if conversation.doing ~= '' then
    local last = vim.api.nvim_buf_line_count(conversation.bufnr) - 1
    local line = { { '● ' .. conversation.doing, 'Comment' } }
    local apart = vim.api.nvim_buf_get_lines(conversation.bufnr, last, last + 1, false)[1] ~= ''
    vim.api.nvim_buf_set_extmark(conversation.bufnr, NAMESPACE, last, 0, { virt_lines = apart and { {}, line } or { line } })
  end
  local win = panel.window()
  if win and vim.api.nvim_win_get_buf(win) == conversation.bufnr then
    local model = require('punie.status').now().model
    panel.title(table.concat(
      vim.tbl_filter(function(part)
        return part ~= ''
      end, { 'Punie', model, conversation.doing }),
      ' · '
    ))
  end
end

---@param conversation punie.Conversation
function M.flush(conversation)
  local bufnr = conversation.bufnr
  if conversation.waiting ~= '' and vim.api.nvim_buf_is_valid(bufnr) then
    local was = vim.api.nvim_buf_line_count(bufnr)
    local last = vim.api.nvim_buf_get_lines(bufnr, -2, -1, false)[1] or ''
    local text = (last .. conversation.waiting):gsub('\r\n', '\n')
    conversation.waiting = ''
    documents.set(bufnr, -2, -1, vim.split(text, '\n', { plain = true }))
    panel.follow(bufnr, was)
  end
  if vim.api.nvim_buf_is_valid(bufnr) then
    M.draw(conversation)
  end
end

-- Draw a moment later, together with what else arrives by then.
---@param conversation punie.Conversation
local function soon(conversation)
  if not vim.list_contains(dirty, conversation) then
    dirty[#dirty + 1] = conversation
  end
  if timer_runs then
    return
  end
  timer_runs = true
  vim.defer_fn(function()
    timer_runs = false
    local now = dirty
    dirty = {}
    for _, each in ipairs(now) do
      M.flush(each)
    end
  end, REDRAW_MS)
end

---@param conversation punie.Conversation
---@param text string
function M.append(conversation, text)
  conversation.waiting = conversation.waiting .. text
  soon(conversation)
end

-- A paragraph of its own: one empty line before it.
---@param conversation punie.Conversation
---@param text string
function M.paragraph(conversation, text)
  if not vim.api.nvim_buf_is_valid(conversation.bufnr) then
    return -- the user has wiped it out
  end
  local last = vim.api.nvim_buf_get_lines(conversation.bufnr, -4, -1, false)
  local so_far = table.concat(last, '\n') .. conversation.waiting
  local missing = so_far == '' and 0 or 2 - #so_far:match('\n*$')
  M.append(conversation, ('\n'):rep(math.max(0, missing)) .. text)
end

---@param conversation punie.Conversation
---@param text string
function M.doing(conversation, text)
  conversation.doing = text
  soon(conversation)
end

---@param text string
---@return string
local function first_line(text)
  local line = vim.split(vim.trim(text), '\n', { plain = true })[1]
  return vim.fn.strcharlen(line) > 80 and vim.fn.strcharpart(line, 0, 79) .. '…' or line
end

---@param conversation punie.Conversation
---@param title string?
---@param prompt string
---@param number integer
function M.head(conversation, title, prompt, number)
  local bufnr = conversation.bufnr
  local empty = vim.api.nvim_buf_line_count(bufnr) == 1 and vim.api.nvim_buf_get_lines(bufnr, 0, 1, false)[1] == ''
  if empty then
    M.append(conversation, ('# %s'):format(first_line(title or prompt)))
  end
  M.paragraph(conversation, ('## %d. %s\n\n'):format(number, first_line(prompt)))
end

return M
