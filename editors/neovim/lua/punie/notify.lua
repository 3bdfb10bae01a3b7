-- Messages to the user. Each names Punie, because Neovim's own vim.notify shows no titles.
local M = {}

---@param text string
---@param level? integer of vim.log.levels
function M.say(text, level)
  local named = vim.startswith(text, 'Punie: ') and text or 'Punie: ' .. text
  vim.notify(named, level or vim.log.levels.INFO, { title = 'Punie' })
end

---@param text string
function M.warn(text)
  M.say(text, vim.log.levels.WARN)
end

---@param text string
function M.error(text)
  M.say(text, vim.log.levels.ERROR)
end

return M
