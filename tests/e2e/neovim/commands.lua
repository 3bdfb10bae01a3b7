-- nvim -l commands.lua PROJECT: every command from vim.lsp alone, without a line of plug-in code.
local steps = dofile(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)) .. '/steps.lua')
local check, wait_for, lines = steps.check, steps.wait_for, steps.lines
local project = _G.arg[1]

vim.lsp.config('bare', { cmd = { 'punie-ls' }, filetypes = { 'python' }, root_markers = { 'pyproject.toml' } })
vim.lsp.enable('bare')

-- The user answers questions in the order of `answers`.
local answers, questions = {}, {}
vim.ui.select = function(items, options, on_choice)
  questions[#questions + 1] = options.prompt
  local wanted = table.remove(answers, 1)
  for _, item in ipairs(items) do
    if item.title == wanted then
      return on_choice(item)
    end
  end
  on_choice(nil)
end

local progress = {}
vim.api.nvim_create_autocmd('LspProgress', {
  callback = function(event)
    progress[#progress + 1] = event.data.params.value.kind
  end,
})

vim.cmd.edit(project .. '/app.py')
local app = vim.api.nvim_get_current_buf()
local client
wait_for('attach', function()
  client = vim.lsp.get_clients({ bufnr = app, name = 'bare' })[1]
  return client and client.initialized
end)
local uri = vim.uri_from_bufnr(app)

-- Runs a command as any mapping would, and waits for its answer.
local function run(name, argument)
  local result, failure, done
  client:request('workspace/executeCommand', { command = name, arguments = argument and { argument } or nil }, function(err, answer)
    result, failure, done = answer, err, true
  end, app)
  wait_for(name .. ' answers', function()
    return done
  end)
  if failure then
    return { applied = false, message = failure.message, failed = true }
  end
  return result or {}
end

local function text(buffer)
  return table.concat(lines(buffer, 0, -1), '\n')
end

-- The text that the user sees of a document, in whichever window.
local function seen(document)
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    local buffer = vim.api.nvim_win_get_buf(window)
    if vim.uri_from_bufnr(buffer) == document then
      return text(buffer)
    end
  end
  return ''
end

local status = run('punie.status')
check('status is shown', seen(status.document):find('# Punie', 1, true) ~= nil, seen(status.document))
check('the code keeps the cursor', vim.api.nvim_get_current_buf() == app, vim.api.nvim_get_current_buf())

local asked = run('punie.ask', { prompt = 'Who uses price?', uri = uri })
check('an answer is shown', seen(asked.document):find('Who uses price?', 1, true) ~= nil, seen(asked.document))
local more = run('punie.ask', { prompt = 'And who uses total?' })
check('the next one shows both turns', seen(more.document):find('Who uses price?', 1, true) ~= nil and seen(more.document):find('And who uses total?', 1, true) ~= nil, seen(more.document))
check('progress was shown', vim.tbl_contains(progress, 'begin') and vim.tbl_contains(progress, 'end'), progress)

for _, name in ipairs({ 'punie.explain', 'punie.writeDocstring', 'punie.annotateTypes', 'punie.generateTests' }) do
  local done = run(name, { uri = uri, position = { line = 4, character = 4 } })
  check(name .. ' gives an answer', not done.failed and done.message ~= '', done)
end
local worded = run('punie.refactor', { uri = uri, position = { line = 4, character = 4 }, text = 'make it shorter' })
check('punie.refactor gives an answer', not worded.failed and worded.message ~= '', worded)

local before = text(app)
answers = { 'Show diff', 'Reject' }
local rejected = run('punie.fixFile', { uri = uri })
check('a rejected fix changes nothing', not rejected.applied and text(app) == before, rejected)
answers = { 'Apply' }
local fixed = run('punie.fixFile', { uri = uri })
check('an accepted one does', fixed.applied and text(app):find('"done"', 1, true) ~= nil and not text(app):find('f"done"', 1, true), { fixed, text(app) })
check('line ends are kept', vim.bo[app].fileformat == 'dos', vim.bo[app].fileformat)
local undone = run('punie.undo')
check('undo', undone.applied and text(app) == before, { undone, text(app) })
local redone = run('punie.redo')
check('redo', redone.applied and not text(app):find('f"done"', 1, true), { redone, text(app) })
local all = run('punie.fixWorkspace', { apply = true })
check('the workspace', not all.failed, all)

local ran = run('punie.runCode', { code = 'print("🚀")\n[1, 2]' })
check('a program', seen(ran.document):find('🚀', 1, true) ~= nil, { ran, seen(ran.document) })

vim.cmd.edit(project .. '/test_app.py')
local tests = vim.api.nvim_get_current_buf()
answers = { 'Allow' }
local tested = run('punie.runTests', { uri = vim.uri_from_bufnr(tests) })
check('tests ran', tested.message and tested.message:find('1 failed', 1, true) ~= nil, tested)
wait_for('a failure is a diagnostic', function()
  local found = vim.tbl_map(function(d)
    return d.source .. ' ' .. d.code
  end, vim.diagnostic.get(tests))
  return vim.tbl_contains(found, 'Punie test-failure'), found
end)

answers = {}
local listed = run('punie.sessions', { action = 'list' })
check('sessions', not listed.failed, listed)
local model = run('punie.selectModel', { model = 'builtin' })
check('the model', not model.failed and model.message ~= '', model)
local stopped = run('punie.stop')
check('stop', stopped.message == 'Nothing of Punie is running.', stopped)

steps.finish(client)
