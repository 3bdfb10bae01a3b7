-- What the scripts here have in common: each step prints a line, and a failed one makes the script exit with 1.
local steps = {}
local failed = 0

function steps.check(name, ok, found)
  if ok then
    io.stdout:write('ok   ' .. name .. '\n')
  else
    failed = failed + 1
    io.stdout:write('FAIL ' .. name .. ' ' .. vim.inspect(found) .. '\n')
  end
end

-- Waits until `probe` gives true; its second value is shown when it never does.
function steps.wait_for(name, probe)
  local found
  local ok = vim.wait(60000, function()
    local done
    done, found = probe()
    return done
  end, 20)
  steps.check(name, ok, found)
end

function steps.lines(buffer, first, last)
  return vim.api.nvim_buf_get_lines(buffer, first, last, false)
end

function steps.codes()
  local found = {}
  for _, d in ipairs(vim.diagnostic.get(0)) do
    if d.severity ~= vim.diagnostic.severity.HINT then
      found[#found + 1] = d.source .. ' ' .. d.code
    end
  end
  table.sort(found)
  return found
end

function steps.reported(name, wanted)
  steps.wait_for(name, function()
    local found = steps.codes()
    return vim.deep_equal(found, wanted), found
  end)
end

-- Puts the cursor on the `n`th character of the first `needle`.
function steps.go(needle, n)
  for row, line in ipairs(steps.lines(0, 0, -1)) do
    local at = line:find(needle, 1, true)
    if at then
      vim.api.nvim_win_set_cursor(0, { row, at - 1 + (n or 0) })
      return
    end
  end
  steps.check('find ' .. needle, false, steps.lines(0, 0, -1))
end

-- The server starts a moment after ty and ruff: asks until the fix is offered, then takes it once.
function steps.fix(name, row, wanted)
  local bufnr = vim.api.nvim_get_current_buf()
  local client = vim.lsp.get_clients({ bufnr = bufnr, name = 'punie' })[1]
  steps.wait_for(name .. ' is offered', function()
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
  -- The first of them: with several, Neovim would ask.
  local taken = false
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      local first = not taken and vim.startswith(action.title, 'Fix with Punie')
      taken = taken or first
      return first
    end,
  })
  steps.wait_for(name .. ' is applied', function()
    local found = steps.lines(bufnr, row, row + 1)[1]
    return found == wanted, found
  end)
end

-- Stops the server and Neovim.
function steps.finish(client)
  client:stop()
  steps.wait_for('stop', function()
    return client:is_stopped()
  end)
  io.stdout:write(failed == 0 and 'passed\n' or failed .. ' failed\n')
  vim.cmd(failed == 0 and 'qa!' or 'cq!')
end

vim.cmd('filetype plugin on')
vim.cmd('runtime! plugin/punie.lua') -- -l loads no plug-ins

return steps
