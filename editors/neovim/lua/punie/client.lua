-- The LSP client: its configuration, finding it, running the server's commands, and starting it again after a crash.
local config = require('punie.config')
local notify = require('punie.notify')

local M = {}

M.NAME = 'punie'
local REQUEST_CANCELLED, CONTENT_MODIFIED, REQUEST_FAILED = -32800, -32801, -32803
local RESTART_WINDOW = 3 * 60

local missing_told = false
---@type table<integer, boolean> clients that were told to end
local ending = {}
---@type number[] when the server was started again after a crash
local restarts = {}

-- Neovim starts nothing when the server's program is missing, and says so in its log alone: tell the user, once.
function M.check_program()
  local cmd = vim.lsp.config[M.NAME].cmd
  local program = type(cmd) == 'table' and cmd[1] or nil
  if missing_told or not program or vim.fn.executable(program) == 1 then
    return
  end
  missing_told = true
  notify.error(
    ('%s was not found. Install it in a checkout of Punie with `uv tool install .` or `pipx install .`, or say where it is: '):format(program)
      .. "vim.g.punie = { cmd = { '/path/to/punie-ls' } }. :checkhealth punie tells more."
  )
end

-- Switch the server on.
function M.enable()
  local filetypes = vim.lsp.config[M.NAME].filetypes or {}
  vim.lsp.enable(M.NAME)
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('punie.program', {}),
    pattern = filetypes,
    callback = M.check_program,
  })
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.list_contains(filetypes, vim.bo[bufnr].filetype) then
      M.check_program()
    end
  end
end

local give_up ---@type fun(client: integer)

---@param code integer
---@param signal integer
---@param id integer
local function on_exit(code, signal, id)
  vim.schedule(function()
    require('punie.status').gone(id)
    require('punie.conversation').interrupted(id, 'The server ended before the answer was complete.')
    require('punie.ask').withdrawn()
    give_up(id)
    local asked_for = ending[id] or vim.v.exiting ~= vim.NIL or (code == 0 and signal == 0) or signal == 15
    ending[id] = nil
    if not asked_for then
      M.crashed(signal ~= 0 and ('signal %d'):format(signal) or ('exit code %d'):format(code))
    end
  end)
end

---@param base vim.lsp.Config
---@return vim.lsp.Config
function M.configured(base)
  local settings = config.get()
  local none = vim.empty_dict()
  return vim.tbl_extend('force', base, {
    cmd = settings.cmd,
    settings = settings.settings,
    -- Answers come as `punie:` documents, which nothing writes to disk; a turn's events while it runs; questions as
    -- `punie/ask`, so that edits can be reviewed hunk by hunk.
    capabilities = {
      -- With versions, so that an edit for an older text is refused; Neovim can, but does not say so.
      workspace = { textDocumentContent = none, workspaceEdit = { documentChanges = true } },
      experimental = { punie = { events = true, permissions = true } },
    },
    handlers = require('punie.handlers').table(),
    on_exit = on_exit,
    on_init = function(client)
      require('punie.versions').counted(client)
      require('punie.status').started(client)
    end,
  })
end

-- Start the server for the buffers that it is for.
function M.start()
  vim.lsp.enable(M.NAME)
  -- At start-up Neovim does this itself.
  pcall(vim.cmd.doautoall, 'nvim.lsp.enable FileType')
end

---@param how string
function M.crashed(how)
  local now = vim.uv.now() / 1000
  restarts = vim.tbl_filter(function(moment)
    return now - moment < RESTART_WINDOW
  end, restarts)
  local most = config.get().restarts
  if not M.is_enabled(M.NAME) then
    return
  end
  if #restarts >= most then
    notify.error(
      ('the server ended (%s). :Punie restart starts it again, :checkhealth punie and %s tell more.'):format(
        how,
        vim.lsp.get_log_path()
      )
    )
    return
  end
  restarts[#restarts + 1] = now
  notify.warn(('the server ended (%s) and is started again. Your texts are as they were.'):format(how))
  M.start()
end

-- Stop the server and start it anew, for all buffers.
function M.restart()
  local clients = vim.lsp.get_clients({ name = M.NAME })
  restarts, missing_told = {}, false
  for _, client in ipairs(clients) do
    ending[client.id] = true
    client:stop()
  end
  local deadline = vim.uv.now() + 5000
  local function again()
    local left = vim.tbl_filter(function(client)
      return not client:is_stopped()
    end, clients)
    if #left == 0 then
      M.start()
    elseif vim.uv.now() > deadline then
      for _, client in ipairs(left) do
        client:stop(true)
      end
      vim.defer_fn(M.start, 200)
    else
      vim.defer_fn(again, 20)
    end
  end
  again()
end

---@type integer? the buffer that was worked in last
local last_buffer

-- The buffer that a command is about: this one, or the last one that the server knows.
---@return integer? bufnr
---@return vim.lsp.Client?
function M.focus()
  local here = vim.api.nvim_get_current_buf()
  for _, bufnr in ipairs({ here, last_buffer }) do
    local client = vim.api.nvim_buf_is_valid(bufnr) and vim.lsp.get_clients({ bufnr = bufnr, name = M.NAME })[1]
    if client then
      last_buffer = bufnr
      return bufnr, client
    end
  end
  local client = vim.lsp.get_clients({ name = M.NAME })[1]
  local attached = client and next(client.attached_buffers)
  return attached, attached and client
end

---@param bufnr integer
function M.remember(bufnr)
  last_buffer = bufnr
end

-- Whether a configuration is enabled. Early releases of Neovim 0.11 have no function for it.
---@param name string
---@return boolean
function M.is_enabled(name)
  if vim.lsp.is_enabled then
    return vim.lsp.is_enabled(name)
  end
  return vim.lsp._enabled_configs[name] ~= nil
end

-- Whether the server is on its way.
---@return boolean
function M.starting()
  return #vim.lsp.get_clients({ name = M.NAME }) == 0 and #vim.lsp.get_clients({ name = M.NAME, _uninitialized = true }) > 0
end

-- Do something as soon as the server is there.
---@param action fun()
function M.when_started(action)
  vim.api.nvim_create_autocmd('LspAttach', {
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if client and client.name == M.NAME then
        vim.schedule(action)
        return true -- that was all
      end
    end,
  })
end

-- Why there is nobody to ask, in a sentence.
---@return string
function M.why_not()
  if vim.fn.executable(config.get().cmd[1]) == 0 then
    return config.get().cmd[1] .. ' was not found; :checkhealth punie tells more.'
  end
  if M.starting() then
    return 'the server is still starting.'
  end
  return 'no server is at work: open a Python file, or see :checkhealth punie.'
end

---@type table<string, fun(failure: lsp.ResponseError)> what is to be done when a request gets no other answer
local unanswered = {}

---@param client integer
---@param request integer
---@return string
local function key(client, request)
  return ('%d/%d'):format(client, request)
end

-- Neovim calls nobody back when a request was cancelled, or when its server is gone.
vim.api.nvim_create_autocmd('LspRequest', {
  group = vim.api.nvim_create_augroup('punie.client', {}),
  callback = function(event)
    local id = key(event.data.client_id, event.data.request_id)
    if event.data.request.type == 'complete' and unanswered[id] then
      vim.schedule(function()
        if unanswered[id] then
          unanswered[id]({ code = REQUEST_CANCELLED, message = 'Cancelled.' })
        end
      end)
    end
  end,
})

---@param client integer
function give_up(client)
  for id, fail in pairs(unanswered) do
    if vim.startswith(id, client .. '/') then
      fail({ code = REQUEST_CANCELLED, message = 'The server ended.' })
    end
  end
end

-- Run a command of the server. Errors are told; `done` gets the result, or what went wrong, once in any case.
---@param command string
---@param argument table
---@param done? fun(result: table?, failure: lsp.ResponseError?)
---@return boolean sent
function M.execute(command, argument, done)
  local bufnr, client = M.focus()
  if not bufnr or not client then
    notify.warn(M.why_not())
    return false
  end
  argument.uri = argument.uri or vim.uri_from_bufnr(bufnr)
  local id ---@type string?
  local function finish(failure, result)
    if id then
      unanswered[id] = nil
    end
    if failure then
      M.told(failure)
    end
    if done then
      done(result, failure)
    end
  end
  local params = { command = command, arguments = { argument } }
  -- With the real buffer: what was typed a moment ago is sent first.
  local sent, request = client:request('workspace/executeCommand', params, finish, bufnr)
  if sent and request then
    id = key(client.id, request)
    unanswered[id] = finish
  end
  return sent
end

---@param failure lsp.ResponseError
function M.told(failure)
  if failure.code == REQUEST_CANCELLED or failure.code == REQUEST_FAILED then
    return -- the user did it, or the server has said it
  elseif failure.code == CONTENT_MODIFIED then
    notify.warn('the server was restarted in the middle of this. Ask again.')
  else
    notify.warn(failure.message)
  end
end

-- Ask the server something and wait for it, for completion. Nil when it takes too long.
---@param command string
---@param argument table
---@param milliseconds integer
---@return table?
function M.ask_now(command, argument, milliseconds)
  local bufnr, client = M.focus()
  if not bufnr or not client then
    return nil
  end
  argument.uri = vim.uri_from_bufnr(bufnr)
  local params = { command = command, arguments = { argument } }
  local answer = client:request_sync('workspace/executeCommand', params, milliseconds, bufnr)
  return answer and answer.result or nil
end

return M
