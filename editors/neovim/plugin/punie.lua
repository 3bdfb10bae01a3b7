-- The command :Punie, the <Plug> mappings, and the server switched on. Nothing else is loaded before it is used.
if vim.g.loaded_punie then
  return
end
vim.g.loaded_punie = 1

if vim.fn.has('nvim-0.11') == 0 then
  vim.notify('Punie: this plugin needs Neovim 0.11 or newer.', vim.log.levels.ERROR, { title = 'Punie' })
  return
end

vim.api.nvim_create_user_command('Punie', function(call)
  require('punie.commands').run(call)
end, {
  nargs = '*',
  range = true,
  bang = true,
  desc = "Punie's agent: ask, fix, review, undo",
  complete = function(lead, line, at)
    return require('punie.commands').complete(lead, line, at)
  end,
})

-- Each subcommand that needs no words: <Plug>(punie-fix), <Plug>(punie-explain), ...
for _, name in ipairs({
  'ask', 'fix', 'fixFile', 'fixWorkspace', 'explain', 'tests', 'generateTests', 'writeDocstring', 'annotateTypes',
  'refactor', 'runCode', 'sessions', 'model', 'undo', 'redo', 'status', 'stop', 'open', 'close', 'restart',
}) do
  vim.keymap.set('n', ('<Plug>(punie-%s)'):format(name), ('<Cmd>Punie %s<CR>'):format(name), { desc = 'Punie: ' .. name })
  -- With ":", so that the selection becomes the command's range.
  vim.keymap.set('x', ('<Plug>(punie-%s)'):format(name), (':Punie %s<CR>'):format(name), {
    desc = 'Punie: ' .. name,
    silent = true,
  })
end

local function enable()
  if require('punie.config').get().enable then
    require('punie.client').enable()
  end
end

-- Plugin managers load this file first and call setup() then; at start-up setup() came before.
if vim.v.vim_did_enter == 1 then
  vim.schedule(enable)
else
  enable()
end
