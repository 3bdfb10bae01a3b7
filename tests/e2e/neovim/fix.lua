-- nvim -l fix.lua PROJECT: what a user does in Neovim, step by step.
local steps = dofile(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)) .. '/steps.lua')
local check, wait_for, lines, reported, go, fix = steps.check, steps.wait_for, steps.lines, steps.reported, steps.go, steps.fix
local project = _G.arg[1]

vim.cmd.edit(project .. '/app.py')
local app = vim.api.nvim_get_current_buf()

local client
wait_for('attach', function()
  client = vim.lsp.get_clients({ bufnr = app, name = 'punie' })[1]
  return client and client.initialized, vim.lsp.get_clients()
end)
check('root', client.root_dir == project, client.root_dir)
check('positions are utf-8', client.offset_encoding == 'utf-8', client.offset_encoding)
reported('ty and ruff report', { 'Ruff F541', 'ty unresolved-reference', 'ty unresolved-reference' })

go('price("a")', 1)
vim.lsp.buf.hover()
wait_for('hover float', function()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      local text = table.concat(lines(vim.api.nvim_win_get_buf(window), 0, -1), '\n')
      vim.api.nvim_win_close(window, true)
      return text:find('def price(name: str) -> int', 1, true) ~= nil, text
    end
  end
  return false
end)

vim.lsp.buf.definition()
wait_for('definition', function()
  local at = { vim.fs.basename(vim.api.nvim_buf_get_name(0)), unpack(vim.api.nvim_win_get_cursor(0)) }
  return vim.deep_equal(at, { 'shop.py', 1, 4 }), at
end)
local shop = vim.api.nvim_get_current_buf()

vim.lsp.buf.references()
wait_for('references', function()
  local found = vim.fn.getqflist()
  return #found == 4, found
end)
vim.cmd.cclose()
vim.api.nvim_win_set_buf(0, app)

go('price("a")', 1)
vim.lsp.buf.rename('cost')
wait_for('rename', function()
  local found = { lines(app, 2, 3)[1], lines(app, 5, 6)[1], lines(shop, 0, 1)[1] }
  return vim.deep_equal(found, {
    'from shop import cost',
    'print("👩‍🚀 日本", timedelta(1), cost("a"), datetime.date)',
    'def cost(name: str) -> int:',
  }),
    found
end)
-- Not before ty has seen the new names.
reported('the same problems after the rename', { 'Ruff F541', 'ty unresolved-reference', 'ty unresolved-reference' })

go('f"done"', 2)
fix("ruff's problem", 4, 'print("🚀 世界", "done")')
reported("ruff's problem is gone", { 'ty unresolved-reference', 'ty unresolved-reference' })

go('timedelta', 2)
fix("ty's problem", 5, 'print("👩‍🚀 日本", datetime.timedelta(1), cost("a"), datetime.date)')
reported("ty's problem is gone", { 'ty unresolved-reference' })

go('Path', 2)
fix('the missing import', 1, 'from pathlib import Path')
reported('no problem is left', {})
check(
  'the whole text',
  vim.deep_equal(lines(app, 0, -1), {
    'import datetime',
    'from pathlib import Path',
    '',
    'from shop import cost',
    '',
    'print("🚀 世界", "done")',
    'print("👩‍🚀 日本", datetime.timedelta(1), cost("a"), datetime.date)',
    'print("𝒳𝒴", Path("x"))',
  }),
  lines(app, 0, -1)
)
check('line ends are kept', vim.bo[app].fileformat == 'dos', vim.bo[app].fileformat)

steps.finish(client)
