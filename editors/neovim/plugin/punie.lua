vim.lsp.enable('punie')
