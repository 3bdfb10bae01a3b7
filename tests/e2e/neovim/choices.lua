-- nvim -l choices.lua PROJECT: a misspelt name with several fixes; the second one is chosen from Neovim's own menu.
local steps = dofile(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)) .. '/steps.lua')
local check, wait_for, lines, reported, go = steps.check, steps.wait_for, steps.lines, steps.reported, steps.go
local project = _G.arg[1]

vim.cmd.edit(project .. '/app.py')
local app = vim.api.nvim_get_current_buf()

local client
wait_for('attach', function()
  client = vim.lsp.get_clients({ bufnr = app, name = 'punie' })[1]
  return client and client.initialized, vim.lsp.get_clients()
end)
reported('ty reports', { 'ty unresolved-reference' })
go('heigt', 2)

-- What Neovim would show: the menu of vim.lsp.buf.code_action, taken from vim.ui.select.
local wanted, shown
vim.ui.select = function(items, options, on_choice)
  shown = {}
  for number, item in ipairs(items) do
    local text = options.format_item and options.format_item(item) or tostring(item)
    if text:find('Fix with Punie', 1, true) then
      shown[#shown + 1] = text
    end
    if wanted and text:find(wanted, 1, true) then
      on_choice(item, number)
      return
    end
  end
  on_choice(nil, nil)
end

local function menu()
  shown = nil
  vim.lsp.buf.code_action()
  vim.wait(60000, function()
    return shown ~= nil
  end, 20)
  return shown or {}
end

wait_for('the menu names the fixes', function()
  local found = table.concat(menu(), '\n')
  return found:find('Change heigt to height', 1, true) and found:find('Change heigt to weight', 1, true) ~= nil, found
end)
check('the best is the first of them', shown[1]:find('Change heigt to height', 1, true) ~= nil, shown)

local said = {}
vim.notify = function(text)
  said[#said + 1] = text
end

wanted = 'Change heigt to weight'
menu()
wait_for('the second is applied', function()
  local found = lines(app, 1, 2)[1]
  return found == '    print("👩‍🚀 世界", weight)', found
end)
check('and nothing else', lines(app, 0, 1)[1] == 'def size(height: int, weight: int) -> int:', lines(app, 0, -1))
check('line ends are kept', vim.bo[app].fileformat == 'dos', vim.bo[app].fileformat)
wait_for('it says why', function()
  return (said[1] or ''):find('Punie: Why: ', 1, true) ~= nil, said
end)
reported('no problem is left', {})

steps.finish(client)
