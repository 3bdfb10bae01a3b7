-- Markdown as Neovim can show it: tables in columns, and no HTML. What a code block holds stays as it is.
local M = {}

---@param line string
---@return string[]?
local function cells(line)
  if not line:match('^|.*|%s*$') then
    return nil
  end
  local inner = vim.trim(line):sub(2, -2):gsub('\\|', '\0')
  return vim.tbl_map(function(cell)
    return (vim.trim(cell):gsub('%z', '\\|'))
  end, vim.split(inner, '|', { plain = true }))
end

-- The table's lines with columns of one width each; as they were when they do not fit.
---@param rows string[][]
---@return string[]?
local function aligned(rows)
  local widths = {}
  for index, row in ipairs(rows) do
    for column, cell in ipairs(row) do
      local width = index == 2 and 3 or vim.fn.strdisplaywidth(cell)
      widths[column] = math.max(widths[column] or 0, width)
    end
  end
  return vim.tbl_map(function(row)
    local padded = {}
    for column, cell in ipairs(row) do
      local missing = widths[column] - vim.fn.strdisplaywidth(cell)
      padded[column] = cell:match('^:?%-+:?$') and ('-'):rep(widths[column]) or cell .. (' '):rep(missing)
    end
    return ('| %s |'):format(table.concat(padded, ' | '))
  end, rows)
end

---@param lines string[]
---@param rows string[][] cells of the table that ends here
local function put(lines, rows)
  local is_table = #rows >= 2 and vim.iter(rows[2]):all(function(cell)
    return cell:match('^:?%-+:?$') ~= nil
  end)
  for index, line in ipairs(is_table and aligned(rows) or rows) do
    lines[#lines + 1] = is_table and line or ('| %s |'):format(table.concat(rows[index], ' | '))
  end
end

-- A text as lines.
---@param text string
---@return string[]
function M.lines(text)
  local lines, rows, fence = {}, {}, nil
  for _, line in ipairs(vim.split((text:gsub('\r\n', '\n'):gsub('\n+$', '')), '\n', { plain = true })) do
    local row = not fence and cells(line)
    if row then
      rows[#rows + 1] = row
    else
      if #rows > 0 then
        put(lines, rows)
        rows = {}
      end
      local mark = line:match('^%s*(```+)')
      if mark and not fence then
        fence = mark
      elseif fence and vim.trim(line):match('^`+$') and #vim.trim(line) >= #fence then
        fence = nil
      end
      lines[#lines + 1] = fence and line or (line:gsub('<sub>(.-)</sub>', '*%1*'))
    end
  end
  if #rows > 0 then
    put(lines, rows)
  end
  return lines
end

return M
