-- The user's settings: `vim.g.punie` or `require('punie').setup`, checked once, with the defaults for the rest.
local M = {}

---@class punie.WindowConfig
---@field layout 'float'|'split'|'vsplit' where answers are shown
---@field width number of a float or vsplit: columns, or a share of the editor up to 1
---@field height number of a float or split: lines, or a share of the editor up to 1
---@field border string|string[] as nvim_open_win takes it

---@class punie.Config
---@field enable boolean whether the server starts by itself for Python files
---@field cmd string[] the server and its arguments
---@field settings table the sections `punie`, `ty` and `ruff`, as in pyproject.toml
---@field window punie.WindowConfig
---@field review boolean whether edits are reviewed hunk by hunk; else one question is asked for all
---@field restarts integer how often a server that crashed is started again within three minutes
---@field statusline { name: string, model: boolean, width: integer }

---@type punie.Config
local DEFAULTS = {
  enable = true,
  cmd = { 'punie-ls' },
  settings = {},
  window = { layout = 'float', width = 0.7, height = 0.7, border = 'rounded' },
  review = true,
  restarts = 3,
  statusline = { name = 'Punie', model = true, width = 40 },
}

---@param value any
---@return string?
local function command(value)
  if type(value) ~= 'table' or #value == 0 then
    return "a list such as { 'punie-ls' }"
  end
  for _, part in ipairs(value) do
    if type(part) ~= 'string' then
      return "a list of texts such as { 'punie-ls' }"
    end
  end
end

---@param value any
---@return string?
local function size(value)
  return (type(value) ~= 'number' or value <= 0) and 'a number above 0: a share up to 1, or cells' or nil
end

---@param value any
---@return string?
local function count(value)
  return (type(value) ~= 'number' or value < 0 or value % 1 ~= 0) and 'a whole number of 0 or more' or nil
end

-- What a setting must be, where the type of its default does not say it all. Each gives what is wanted, or nil.
local RULES = {
  cmd = command,
  restarts = count,
  ['window.width'] = size,
  ['window.height'] = size,
  ['window.border'] = function(value)
    return type(value) ~= 'string' and type(value) ~= 'table' and "a text such as 'rounded', or a list" or nil
  end,
  ['window.layout'] = function(value)
    return not vim.list_contains({ 'float', 'split', 'vsplit' }, value) and "'float', 'split' or 'vsplit'" or nil
  end,
  ['statusline.width'] = count,
}

-- These go to the server as they are; it says itself what it does not know.
local OPEN = { settings = true, cmd = true, ['window.border'] = true }

---@param value any
---@return string
local function shown(value)
  return (vim.inspect(value, { newline = ' ', indent = '' }):gsub('%s+', ' '))
end

---@param path string
---@param default any
---@param value any
---@return string? problem
local function wrong(path, default, value)
  local wanted
  if RULES[path] then
    wanted = RULES[path](value)
  elseif type(value) ~= type(default) then
    wanted = type(default) == 'table' and 'a table' or 'a ' .. type(default)
  end
  return wanted and ('%s must be %s; it is %s, so the default holds.'):format(path, wanted, shown(value)) or nil
end

---@param given table
---@param defaults table
---@param prefix string
---@param problems string[]
---@return table
local function merged(given, defaults, prefix, problems)
  local result = vim.deepcopy(defaults)
  for name, value in vim.spairs(given) do
    local path = prefix .. tostring(name)
    local default = defaults[name]
    if default == nil then
      local known = vim.tbl_keys(defaults)
      table.sort(known)
      problems[#problems + 1] = ('%s is no setting of Punie; there are %s.'):format(path, table.concat(known, ', '))
    else
      local problem = wrong(path, default, value)
      if problem then
        problems[#problems + 1] = problem
      elseif type(default) == 'table' and not OPEN[path] then
        result[name] = merged(value, default, path .. '.', problems)
      else
        result[name] = value
      end
    end
  end
  return result
end

---@type punie.Config?
local current
---@type string[]
local problems = {}
---@type table?
local from_setup

---@param source string
---@param given any
---@param into table
---@return table
local function taken(source, given, into)
  if given == nil then
    return into
  end
  if type(given) ~= 'table' then
    problems[#problems + 1] = ('%s must be a table; it is %s, so the defaults hold.'):format(source, shown(given))
    return into
  end
  local found = {}
  local result = merged(given, into, '', found)
  for _, problem in ipairs(found) do
    problems[#problems + 1] = ('%s: %s'):format(source, problem)
  end
  return result
end

---@return punie.Config
function M.get()
  if current == nil then
    problems = {}
    current = taken('setup()', from_setup, taken('vim.g.punie', vim.g.punie, DEFAULTS)) --[[@as punie.Config]]
    if #problems > 0 then
      local text = 'Punie: ' .. table.concat(problems, '\nPunie: ')
      vim.schedule(function()
        vim.notify(text, vim.log.levels.WARN, { title = 'Punie' })
      end)
    end
  end
  return current
end

-- What is wrong with the settings, for :checkhealth.
---@return string[]
function M.problems()
  M.get()
  return problems
end

-- Other settings; those of `vim.g.punie` stay below them.
---@param options? table
function M.set(options)
  from_setup, current = options, nil
  M.get()
end

return M
