-- Found on 'runtimepath' by vim.lsp.config, Neovim 0.11 or newer.
return {
  cmd = { 'punie-ls' },
  filetypes = { 'python' },
  root_markers = { 'pyproject.toml', 'ty.toml', 'ruff.toml', 'setup.py', 'setup.cfg', '.git' },
  settings = {},
}
