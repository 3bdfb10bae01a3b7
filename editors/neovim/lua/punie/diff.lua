-- A unified diff as the server sends it, taken apart into what can be accepted or rejected by itself.
local M = {}

---@class punie.Hunk
---@field lines string[] the `@@` line and those below it; for a file that comes, goes or moves its whole diff
---@field added integer
---@field removed integer

---@class punie.FileDiff
---@field uri string
---@field kind 'edit'|'create'|'delete'|'rename'
---@field hunks punie.Hunk[] in the diff's order; exactly one when the kind is not `edit`

---@param lines string[]
---@return punie.Hunk
local function hunk(lines)
  return { lines = lines, added = 0, removed = 0 }
end

---@param line string
---@return 'create'|'delete'|'rename'|nil
local function kind_of(line)
  return line:match('^new file mode') and 'create'
    or line:match('^deleted file mode') and 'delete'
    or line:match('^rename to ') and 'rename'
    or nil
end

-- One file of an edit.
---@param uri string
---@param diff string
---@return punie.FileDiff
function M.parse(uri, diff)
  local file = { uri = uri, kind = 'edit', hunks = {} } ---@type punie.FileDiff
  local current ---@type punie.Hunk?
  local head = true
  for _, line in ipairs(vim.split((diff:gsub('\r', ''):gsub('\n$', '')), '\n', { plain = true })) do
    if head then
      file.kind = kind_of(line) or file.kind
    end
    if vim.startswith(line, '@@ ') then
      head = false
      if file.kind == 'edit' or not current then
        current = hunk({ line })
        file.hunks[#file.hunks + 1] = current
      else
        current.lines[#current.lines + 1] = line
      end
    elseif not head and current then
      current.lines[#current.lines + 1] = line
      current.added = current.added + (vim.startswith(line, '+') and 1 or 0)
      current.removed = current.removed + (vim.startswith(line, '-') and 1 or 0)
    end
  end
  if #file.hunks == 0 then -- an empty file, or one that is only renamed
    file.hunks[1] = hunk({ ('(%s, no lines changed)'):format(file.kind) })
  end
  return file
end

return M
