-- nvim -l fix.lua PROJECT: what a user does in Neovim, step by step. Prints a line for each; exits 1 on a failure.
local project = _G.arg[1]
local failed = 0

local function check(name, ok, found)
  if ok then
    io.stdout:write('ok   ' .. name .. '\n')
  else
    failed = failed + 1
    io.stdout:write('FAIL ' .. name .. ' ' .. vim.inspect(found) .. '\n')
  end
end

-- Waits until `probe` gives true; its second value is shown when it never does.
local function wait_for(name, probe)
  local found
  local ok = vim.wait(60000, function()
    local done
    done, found = probe()
    return done
  end, 20)
  check(name, ok, found)
end

local function lines(buffer, first, last)
  return vim.api.nvim_buf_get_lines(buffer, first, last, false)
end

local function codes()
  local found = {}
  for _, d in ipairs(vim.diagnostic.get(0)) do
    if d.severity ~= vim.diagnostic.severity.HINT then
      found[#found + 1] = d.source .. ' ' .. d.code
    end
  end
  table.sort(found)
  return found
end

local function reported(name, wanted)
  wait_for(name, function()
    local found = codes()
    return vim.deep_equal(found, wanted), found
  end)
end

-- Puts the cursor on the `n`th character of the first `needle`.
local function go(needle, n)
  for row, line in ipairs(lines(0, 0, -1)) do
    local at = line:find(needle, 1, true)
    if at then
      vim.api.nvim_win_set_cursor(0, { row, at - 1 + (n or 0) })
      return
    end
  end
  check('find ' .. needle, false, lines(0, 0, -1))
end

-- The server starts a moment after ty and ruff: asks until the fix is offered, then takes it once.
local function fix(name, row, wanted)
  local bufnr = vim.api.nvim_get_current_buf()
  local client = vim.lsp.get_clients({ bufnr = bufnr, name = 'punie' })[1]
  wait_for(name .. ' is offered', function()
    local params = vim.lsp.util.make_range_params(0, client.offset_encoding)
    params.context = { diagnostics = {} }
    local answer = client:request_sync('textDocument/codeAction', params, 60000, bufnr)
    for _, action in ipairs(answer and answer.result or {}) do
      if vim.startswith(action.title, 'Fix with Punie') then
        return true
      end
    end
    return false, answer
  end)
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return vim.startswith(action.title, 'Fix with Punie')
    end,
  })
  wait_for(name .. ' is applied', function()
    local found = lines(bufnr, row, row + 1)[1]
    return found == wanted, found
  end)
end

vim.cmd('filetype plugin on')
vim.cmd('runtime! plugin/punie.lua') -- -l loads no plug-ins
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

client:stop()
wait_for('stop', function()
  return client:is_stopped()
end)
io.stdout:write(failed == 0 and 'passed\n' or failed .. ' failed\n')
vim.cmd(failed == 0 and 'qa!' or 'cq!')
