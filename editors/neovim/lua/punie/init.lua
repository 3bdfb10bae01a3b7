-- Punie in Neovim: what other configuration may call. Everything else is behind :Punie.
local M = {}

-- Settings; `vim.g.punie` does the same. Calling it is not necessary.
---@param options? table see |punie-settings|
function M.setup(options)
  require('punie.config').set(options)
  -- Neovim keeps a resolved configuration; this makes it read lsp/punie.lua again.
  vim.lsp.config('punie', {})
end

-- A part of the status line: the model, and what runs; empty where no server of Punie is at work.
---@return string
function M.statusline()
  return require('punie.status').line()
end

-- What the status line is made of.
---@return { model: string, running: string[], state: 'off'|'starting'|'idle'|'running' }
function M.status()
  return require('punie.status').now()
end

-- Ask the agent; without words they are asked for.
---@param prompt? string
function M.ask(prompt)
  require('punie.commands').run({ fargs = prompt and { 'ask', prompt } or { 'ask' }, range = 0 })
end

return M
