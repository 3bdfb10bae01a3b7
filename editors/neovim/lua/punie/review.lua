-- Proposed edits, hunk by hunk: accept or reject each, then apply what was accepted. The server re-checks a part
-- before it applies it; nothing is written here.
local diff = require('punie.diff')

local M = {}

local NAMESPACE = vim.api.nvim_create_namespace('punie.review')
local FOOTER = '<Space> toggle · a/x accept/reject all · ]c [c move · <CR> apply · q reject'

---@class punie.ReviewPlace
---@field file integer index into the files
---@field hunk integer
---@field line integer its first line in the buffer, from 0
---@field last integer its last line
---@field accepted boolean

---@param uri string
---@return string
local function name_of(uri)
  return vim.fn.fnamemodify(vim.uri_to_fname(uri), ':~:.')
end

local NOUNS = { create = 'new file', delete = 'deleted', rename = 'renamed' }

-- The text of the review, and where each hunk is in it.
---@param detail string
---@param files punie.FileDiff[]
---@return string[] lines
---@return punie.ReviewPlace[] places
local function page(detail, files)
  local lines, places = { detail, '' }, {}
  for index, file in ipairs(files) do
    local noun = NOUNS[file.kind]
    lines[#lines + 1] = name_of(file.uri) .. (noun and (' (%s)'):format(noun) or '')
    for number, hunk in ipairs(file.hunks) do
      local first = #lines
      vim.list_extend(lines, hunk.lines)
      places[#places + 1] = { file = index, hunk = number, line = first, last = #lines - 1, accepted = true }
    end
    lines[#lines + 1] = ''
  end
  lines[#lines] = nil
  return lines, places
end

---@param line string
---@return string?
local function highlight(line)
  return vim.startswith(line, '@@ ') and 'Special'
    or vim.startswith(line, '+') and 'Added'
    or vim.startswith(line, '-') and 'Removed'
    or nil
end

---@param bufnr integer
---@param places punie.ReviewPlace[]
local function draw(bufnr, places)
  vim.api.nvim_buf_clear_namespace(bufnr, NAMESPACE, 0, -1)
  local lines = vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)
  local heads = {}
  for row = 0, #lines - 1 do
    heads[row] = row >= 2 and lines[row + 1] ~= ''
  end
  for number, place in ipairs(places) do
    local mark, group = '✓ accepted', 'DiagnosticOk'
    if not place.accepted then
      mark, group = '✗ rejected', 'DiagnosticError'
    end
    vim.api.nvim_buf_set_extmark(bufnr, NAMESPACE, place.line, 0, {
      virt_text = { { (' %s  %d/%d'):format(mark, number, #places), group } },
      virt_text_pos = 'eol',
    })
    for row = place.line, place.last do
      heads[row] = false
      local hl = place.accepted and highlight(lines[row + 1]) or 'Comment'
      if hl then
        vim.api.nvim_buf_set_extmark(bufnr, NAMESPACE, row, 0, { line_hl_group = hl })
      end
    end
  end
  for row, is_head in pairs(heads) do
    if is_head then
      vim.api.nvim_buf_set_extmark(bufnr, NAMESPACE, row, 0, { line_hl_group = 'Title' })
    end
  end
end

---@param places punie.ReviewPlace[]
---@return integer index of the hunk under the cursor, or the next one
local function here(places)
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  for index, place in ipairs(places) do
    if row <= place.last then
      return index
    end
  end
  return #places
end

---@param files punie.FileDiff[]
---@param places punie.ReviewPlace[]
---@return punie.Answer
local function answer_of(files, places)
  local hunks, accepted = {}, 0
  for _, file in ipairs(files) do
    hunks[file.uri] = {}
  end
  for _, place in ipairs(places) do
    if place.accepted then
      accepted = accepted + 1
      table.insert(hunks[files[place.file].uri], place.hunk - 1)
    end
  end
  if accepted == 0 then
    return { choice = 'reject' }
  end
  return accepted == #places and { choice = 'apply' } or { choice = 'apply', hunks = hunks }
end

-- Show the edits of a question. Gives the buffer in which it is answered.
---@param question punie.Question
---@param ask { float: fun(lines: string[], title: string, footer: string): integer, answer: fun(bufnr: integer, answer: punie.Answer?) }
---@return integer bufnr
function M.open(question, ask)
  local files = vim.tbl_map(function(file)
    return diff.parse(file.uri, file.diff)
  end, question.files or {})
  local lines, places = page(question.detail, files)
  local bufnr = ask.float(lines, question.title, FOOTER)
  vim.bo[bufnr].filetype = 'punie-review'
  draw(bufnr, places)
  if places[1] then
    vim.api.nvim_win_set_cursor(0, { places[1].line + 1, 0 })
  end

  local function map(lhs, action, desc)
    vim.keymap.set('n', lhs, action, { buffer = bufnr, nowait = true, desc = 'Punie: ' .. desc })
  end
  local function go(step)
    local index = here(places) + step
    if places[index] then
      vim.api.nvim_win_set_cursor(0, { places[index].line + 1, 0 })
    end
  end
  local function set(which, accepted)
    for index, place in ipairs(places) do
      if which == nil or which == index then
        place.accepted = accepted
      end
    end
    draw(bufnr, places)
  end
  map('<Space>', function()
    local index = here(places)
    set(index, not places[index].accepted)
  end, 'accept or reject this hunk')
  map('a', function()
    set(nil, true)
  end, 'accept all hunks')
  map('x', function()
    set(nil, false)
  end, 'reject all hunks')
  map(']c', function()
    go(1)
  end, 'next hunk')
  map('[c', function()
    go(-1)
  end, 'previous hunk')
  map('<CR>', function()
    ask.answer(bufnr, answer_of(files, places))
  end, 'apply what is accepted')
  for _, lhs in ipairs({ 'q', '<Esc>' }) do
    map(lhs, function()
      ask.answer(bufnr, { choice = 'reject' })
    end, 'reject everything')
  end
  return bufnr
end

return M
