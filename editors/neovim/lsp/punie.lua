-- How Neovim starts `punie-ls`; found on 'runtimepath' by vim.lsp.config, Neovim 0.11 or newer.
-- Without lua/punie beside it this file is enough for all that the standard has: code actions, rename, hover.

---@type vim.lsp.Config
local config = {
  cmd = { 'punie-ls' },
  filetypes = { 'python' },
  root_markers = { 'pyproject.toml', 'ty.toml', 'ruff.toml', 'setup.py', 'setup.cfg', '.git' },
  settings = {},
}

local found, client = pcall(require, 'punie.client')
return found and client.configured(config) or config
