-- :checkhealth punie.
local client = require('punie.client')
local config = require('punie.config')

local M = {}

local WAIT_MS = 20000
-- Servers whose findings Punie has too, or which do the same job a second time.
local DOUBLES = {
  ty = 'Punie runs ty',
  ruff = 'Punie runs ruff',
  ruff_lsp = 'Punie runs ruff',
  pyright = 'it checks types, as ty does',
  basedpyright = 'it checks types, as ty does',
  pylsp = 'it lints and completes, as ty and ruff do',
  jedi_language_server = 'it completes, as ty does',
  pyrefly = 'it checks types, as ty does',
  zuban = 'it checks types, as ty does',
}

---@param command string[]
---@return string? text
---@return string? problem
local function output(command)
  local started, process = pcall(vim.system, command, { text = true })
  if not started then
    return nil, tostring(process)
  end
  local done = process:wait(WAIT_MS)
  if done.code ~= 0 then
    local text = vim.trim(done.stderr or '')
    return nil, done.code == 124 and 'no answer within 20 s' or text ~= '' and text or ('exit code %d'):format(done.code)
  end
  return vim.trim(done.stdout or '')
end

local function check_neovim()
  vim.health.start('Neovim')
  if vim.fn.has('nvim-0.11') == 1 then
    local now = vim.version()
    vim.health.ok(('Neovim %d.%d.%d'):format(now.major, now.minor, now.patch))
  else
    vim.health.error('Punie needs Neovim 0.11 or newer')
  end
  if pcall(vim.treesitter.language.add, 'markdown') then
    vim.health.ok('answers are coloured: the markdown parser is there')
  else
    vim.health.info('no treesitter parser for markdown: answers have simpler colours')
  end
end

local function check_settings()
  vim.health.start('Settings')
  local problems = config.problems()
  for _, problem in ipairs(problems) do
    vim.health.warn(problem, ':help punie-settings')
  end
  if #problems == 0 then
    vim.health.ok('nothing is wrong with them')
  end
  if not client.is_enabled('punie') then
    vim.health.warn("the server is not enabled: vim.lsp.enable('punie')")
  end
end

local function check_server()
  vim.health.start('Server')
  local cmd = vim.lsp.config.punie.cmd
  if type(cmd) ~= 'table' then
    vim.health.info('the command is a function, so its version is not known')
    return
  end
  local path = vim.fn.exepath(cmd[1])
  if path == '' then
    vim.health.error(cmd[1] .. ' was not found', {
      'in a checkout of Punie: uv tool install ., or pipx install .',
      "or say where it is: vim.g.punie = { cmd = { '/path/to/punie-ls' } }",
    })
    return
  end
  vim.health.ok('found: ' .. path)
  local version, problem = output({ cmd[1], '--version' })
  if version and version:match('ty %S+') and version:match('ruff %S+') then
    vim.health.ok(version)
  elseif version then
    vim.health.warn('it calls itself ' .. version .. ', which is no punie-ls')
  else
    vim.health.error(('%s --version: %s'):format(cmd[1], problem), { 'install it again, in a checkout of Punie: uv tool install --reinstall .' })
  end
end

local function check_clients()
  vim.health.start('At work')
  local clients = vim.lsp.get_clients({ name = client.NAME })
  if #clients == 0 then
    vim.health.info('no client is attached: open a Python file')
  end
  for _, each in ipairs(clients) do
    local buffers = vim.tbl_count(each.attached_buffers)
    vim.health.ok(('client %d in %s, %d buffer%s'):format(each.id, each.root_dir or 'no folder', buffers, buffers == 1 and '' or 's'))
    local info = each.server_info
    if info and info.version then
      vim.health.info(('the server calls itself %s %s'):format(info.name, info.version))
    end
  end
  vim.health.info('log: ' .. vim.lsp.get_log_path())
end

local function check_doubles()
  vim.health.start('Other servers for Python')
  local found = {}
  for name, why in vim.spairs(DOUBLES) do
    local running = #vim.lsp.get_clients({ name = name }) > 0
    if running or client.is_enabled(name) then
      found[#found + 1] = name
      vim.health.warn(('%s is %s: %s, so findings may show twice'):format(name, running and 'running' or 'enabled', why), {
        ("switch it off: vim.lsp.enable('%s', false)"):format(name),
      })
    end
  end
  if #found == 0 then
    vim.health.ok('none that reports the same twice')
  end
end

function M.check()
  check_neovim()
  check_settings()
  check_server()
  check_clients()
  check_doubles()
end

return M
