-- `punie/ask`: the server's questions, one at a time, in windows that wait. Reviews of edits are review.lua's.
local M = {}

---@class punie.Question
---@field kind 'permission'|'edit'
---@field title string
---@field detail string
---@field choices { id: string, label: string }[]
---@field files? { uri: string, diff: string }[]
---@field session string

---@alias punie.Answer { choice: string, hunks: table<string, integer[]>? }

---@type { question: punie.Question, open: fun(), answered: fun(answer: punie.Answer?) }[] the first is being asked
local waiting = {}
---@type integer? the window of the question
local window

-- Not in the middle of what the user types.
---@param open fun()
local function in_normal_mode(open)
  local mode = vim.api.nvim_get_mode().mode
  if mode == 'n' then
    open()
    return
  end
  require('punie.notify').say('a question waits until you are back in Normal mode.')
  vim.api.nvim_create_autocmd('ModeChanged', {
    pattern = '*:n',
    once = true,
    callback = vim.schedule_wrap(open),
  })
end

local function next_one()
  local first = waiting[1]
  if first then
    in_normal_mode(function()
      if waiting[1] == first then
        first.open()
      end
    end)
  end
end

-- A float with lines, in the middle.
---@param lines string[]
---@param title string
---@param footer string
---@return integer bufnr
function M.float(lines, title, footer)
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.bo[bufnr].bufhidden = 'wipe'
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  local width = vim.fn.strdisplaywidth(title) + 4
  for _, line in ipairs({ footer, unpack(lines) }) do
    width = math.max(width, vim.fn.strdisplaywidth(line) + 2)
  end
  width = math.max(1, math.min(width, math.floor(vim.o.columns * 0.9)))
  local height = 0
  for _, line in ipairs(lines) do
    height = height + math.max(1, math.ceil(vim.fn.strdisplaywidth(line) / width))
  end
  height = math.max(1, math.min(height, math.floor(vim.o.lines * 0.8)))
  window = vim.api.nvim_open_win(bufnr, true, {
    relative = 'editor',
    width = width,
    height = height,
    col = math.floor((vim.o.columns - width - 2) / 2),
    row = math.max(0, math.floor((vim.o.lines - height - 4) / 2)),
    border = require('punie.config').get().window.border,
    style = 'minimal',
    zindex = 60,
    title = (' %s '):format(title:find('Punie', 1, true) and title or 'Punie: ' .. title),
    footer = (' %s '):format(footer),
    footer_pos = 'right',
  })
  vim.wo[window].wrap, vim.wo[window].cursorline = true, true
  vim.bo[bufnr].modifiable = false
  -- However the window goes, the question is answered.
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = bufnr,
    once = true,
    callback = vim.schedule_wrap(function()
      M.answer(bufnr, nil)
    end),
  })
  vim.b[bufnr].punie_question = true
  return bufnr
end

---@type integer? the buffer of the question
local asked_in

-- Answer the question that is asked in a buffer; a later answer is none.
---@param bufnr integer
---@param answer punie.Answer?
function M.answer(bufnr, answer)
  if asked_in ~= bufnr then
    return
  end
  asked_in = nil
  local first = table.remove(waiting, 1)
  if window and vim.api.nvim_win_is_valid(window) then
    vim.api.nvim_win_close(window, true)
  end
  window = nil
  first.answered(answer)
  next_one()
end

---@param question punie.Question
local function ask_permission(question)
  local lines = vim.split(vim.trim(question.detail), '\n', { plain = true })
  lines[#lines + 1] = ''
  local first = #lines
  for number, choice in ipairs(question.choices) do
    lines[#lines + 1] = (' %d  %s'):format(number, choice.label)
  end
  local footer = ('1-%d or <CR> choose · q no'):format(#question.choices)
  local bufnr = M.float(lines, question.title, footer)
  asked_in = bufnr
  local namespace = vim.api.nvim_create_namespace('punie.ask')
  for number = 1, #question.choices do
    vim.api.nvim_buf_set_extmark(bufnr, namespace, first + number - 1, 1, { end_col = 2, hl_group = 'Special' })
  end
  vim.api.nvim_win_set_cursor(0, { first + 1, 1 })
  local function choose(number)
    local choice = question.choices[number]
    if choice then
      M.answer(bufnr, { choice = choice.id })
    end
  end
  local function map(lhs, action, desc)
    vim.keymap.set('n', lhs, action, { buffer = bufnr, nowait = true, desc = desc })
  end
  for number, choice in ipairs(question.choices) do
    map(tostring(number), function()
      choose(number)
    end, choice.label)
  end
  map('<CR>', function()
    choose(vim.api.nvim_win_get_cursor(0)[1] - first)
  end, 'Choose the line')
  for _, lhs in ipairs({ 'q', '<Esc>' }) do
    map(lhs, function()
      M.answer(bufnr, nil)
    end, 'No')
  end
end

---@param question punie.Question
local function ask_in_one(question)
  local labels = vim.tbl_filter(function(choice)
    return choice.id ~= 'show'
  end, question.choices)
  ask_permission(vim.tbl_extend('force', question, { choices = labels }))
end

---@param question punie.Question
local function open(question)
  if question.kind ~= 'edit' then
    ask_permission(question)
  elseif require('punie.config').get().review then
    asked_in = require('punie.review').open(question, M)
  else
    ask_in_one(question)
  end
end

-- The answer to a question of the server; it waits as long as the user does.
---@param question punie.Question
---@return punie.Answer|userdata
function M.ask(question)
  local co = assert(coroutine.running(), 'a question is asked in a coroutine')
  local entry = {
    question = question,
    open = function()
      open(question)
    end,
    answered = function(answer)
      vim.schedule(function()
        coroutine.resume(co, answer or vim.NIL)
      end)
    end,
  }
  waiting[#waiting + 1] = entry
  if #waiting == 1 then
    vim.schedule(next_one)
  end
  return coroutine.yield()
end

-- The server does not wait for an answer any more.
function M.withdrawn()
  if #waiting == 0 then
    return
  end
  local bufnr = asked_in
  if bufnr then
    M.answer(bufnr, nil)
  else
    table.remove(waiting, 1).answered(nil)
    next_one()
  end
end

-- Whether something is being asked, for the status line.
---@return boolean
function M.waits()
  return #waiting > 0
end

return M
