-- The one window in which answers are shown: a float, or a split. What is in it is not its business.
local config = require('punie.config')

local M = {}

---@type integer?
local window
---@type integer? where the user came from
local before

local KEYS = ' q close · <CR> ask on · <C-c> stop '

---@param wanted number
---@param available integer
---@return integer
local function cells(wanted, available)
  local size = wanted <= 1 and math.floor(available * wanted) or math.floor(wanted)
  return math.max(1, math.min(size, available))
end

---@return vim.api.keyset.win_config
local function float()
  local settings = config.get().window
  local columns, lines = vim.o.columns, vim.o.lines - vim.o.cmdheight - 1
  local width, height = cells(settings.width, columns - 2), cells(settings.height, lines - 2)
  return {
    relative = 'editor',
    width = width,
    height = height,
    col = math.floor((columns - width - 2) / 2),
    row = math.floor((lines - height - 2) / 2),
    border = settings.border,
    style = 'minimal',
    title = ' Punie ',
    footer = KEYS,
    footer_pos = 'right',
  }
end

---@return vim.api.keyset.win_config
local function split()
  local settings = config.get().window
  if settings.layout == 'vsplit' then
    return { split = 'right', win = -1, width = cells(settings.width, vim.o.columns - 20) }
  end
  return { split = 'below', win = -1, height = cells(settings.height, vim.o.lines - 8) }
end

---@param win integer
local function dress(win)
  local options = { wrap = true, linebreak = true, number = false, relativenumber = false, signcolumn = 'no' }
  options.conceallevel, options.concealcursor, options.foldenable, options.spell = 2, 'nc', false, false
  for name, value in pairs(options) do
    vim.api.nvim_set_option_value(name, value, { win = win, scope = 'local' })
  end
end

---@return integer? window that is open now
function M.window()
  if window and vim.api.nvim_win_is_valid(window) then
    return window
  end
  window = nil
end

-- Whether a window is one that code is edited in.
---@param win integer?
---@return boolean
local function is_code(win)
  return win ~= nil and vim.api.nvim_win_is_valid(win) and vim.bo[vim.api.nvim_win_get_buf(win)].buftype == ''
end

-- Show a buffer.
---@param bufnr integer
---@param options? { focus: boolean?, line: integer? } line from 0
---@return integer window
function M.show(bufnr, options)
  options = options or {}
  local win = M.window()
  if not win then
    before = vim.api.nvim_get_current_win()
    local shape = config.get().window.layout == 'float' and float() or split()
    win = vim.api.nvim_open_win(bufnr, options.focus == true, shape)
    window = win
  elseif vim.api.nvim_win_get_buf(win) ~= bufnr then
    vim.api.nvim_win_set_buf(win, bufnr)
  end
  dress(win)
  if options.focus and vim.api.nvim_get_current_win() ~= win then
    before = vim.api.nvim_get_current_win()
    vim.api.nvim_set_current_win(win)
  end
  if options.line then
    local last = vim.api.nvim_buf_line_count(bufnr)
    vim.api.nvim_win_set_cursor(win, { math.min(options.line + 1, last), 0 })
    vim.api.nvim_win_call(win, function()
      vim.cmd('normal! zt')
    end)
  end
  return win
end

-- The line at the top of a float, or of a split.
---@param text string
function M.title(text)
  local win = M.window()
  if not win then
    return
  end
  if vim.api.nvim_win_get_config(win).relative ~= '' then
    local most = vim.api.nvim_win_get_width(win) - 4
    if vim.fn.strdisplaywidth(text) > most then
      text = vim.fn.strcharpart(text, 0, most - 1) .. '…'
    end
    vim.api.nvim_win_set_config(win, { title = (' %s '):format(text) })
  else
    vim.wo[win].winbar = (' %s %%=%s'):format(text:gsub('%%', '%%%%'), KEYS)
  end
end

-- Scroll to the end, unless the user reads further up.
---@param bufnr integer
---@param was integer how many lines there were before
function M.follow(bufnr, was)
  local win = M.window()
  if win and vim.api.nvim_win_get_buf(win) == bufnr and vim.api.nvim_win_get_cursor(win)[1] >= was then
    vim.api.nvim_win_set_cursor(win, { vim.api.nvim_buf_line_count(bufnr), 0 })
  end
end

function M.close()
  local win = M.window()
  if not win then
    return
  end
  local inside = vim.api.nvim_get_current_win() == win
  if not pcall(vim.api.nvim_win_close, win, true) then
    vim.cmd('enew') -- the last window of the editor
  end
  window = nil
  if inside and is_code(before) then
    vim.api.nvim_set_current_win(before --[[@as integer]])
  end
end

-- Where the user is when the focus is in the panel.
---@return integer?
function M.before()
  return is_code(before) and before or nil
end

vim.api.nvim_create_autocmd('VimResized', {
  group = vim.api.nvim_create_augroup('punie.panel', {}),
  callback = function()
    local win = M.window()
    if win and vim.api.nvim_win_get_config(win).relative ~= '' then
      local shape = float()
      shape.title = nil
      vim.api.nvim_win_set_config(win, shape)
    end
  end,
})

return M
