-- nvim -l live.lua PROJECT: the world changes around an open, unsaved buffer.
local steps = dofile(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)) .. '/steps.lua')
local wait_for, lines, reported = steps.wait_for, steps.lines, steps.reported
local project = _G.arg[1]

local function write(name, text)
  local file = assert(io.open(project .. '/' .. name, 'w'))
  file:write(text)
  file:close()
end

-- The process of one server behind the relay.
local function server(client, name)
  local relay = vim.fn.systemlist({ 'pgrep', '-P', tostring(vim.fn.getpid()), '-f', 'punie-ls' })[1]
  return relay and vim.fn.systemlist({ 'pgrep', '-P', relay, '-f', name .. ' server' })[1]
end

vim.cmd.edit(project .. '/app.py')
wait_for('start', function()
  return #vim.lsp.get_clients({ bufnr = 0, name = 'punie' }) == 1
end)
local client = vim.lsp.get_clients({ bufnr = 0, name = 'punie' })[1]

reported('a module that is not there', { 'ty import-not-found' })
write('other.py', 'value = 1\n')
reported('another program writes it', {})

vim.api.nvim_buf_set_lines(0, -1, -1, false, { '🚀 = 1' })
vim.api.nvim_buf_set_lines(0, -2, -1, false, { 'rocket = nowhere  # 🚀' })
reported('an unsaved mistake', { 'ty unresolved-reference' })

local killed = server(client, 'ty')
vim.fn.system({ 'kill', '-9', killed })
wait_for('ty comes back', function()
  local now = server(client, 'ty')
  return now and now ~= killed, now
end)
reported('and knows the unsaved text', { 'ty unresolved-reference' })

client.settings = { ty = { configuration = { rules = { ['unresolved-reference'] = 'ignore' } } } }
client:notify('workspace/didChangeConfiguration', { settings = client.settings })
reported('settings change', { 'Ruff F821' })

write('punie.toml', '[ruff.lint]\nselect = ["E711"]\n')
reported('the project\'s settings change on disk', {})

steps.check('nothing is lost', lines(0, -2, -1)[1] == 'rocket = nowhere  # 🚀', lines(0, 0, -1))
steps.finish(client)
