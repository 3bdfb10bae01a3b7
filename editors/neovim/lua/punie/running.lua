-- Commands of the server on the user's behalf: about which place, in which conversation, and whether they are at work.
local client = require('punie.client')
local notify = require('punie.notify')
local places = require('punie.places')

local M = {}

---@class punie.Call
---@field fargs string[]
---@field args? string the words as they were typed
---@field range? integer how many numbers the range had
---@field line1? integer
---@field line2? integer
---@field bang? boolean a new conversation

-- Commands that the user gave and that are still at work: their documents get the focus.
local at_work = 0

---@return boolean
function M.wants_focus()
  return at_work > 0 and vim.api.nvim_get_mode().mode == 'n'
end

---@param command string
---@param argument table
---@param done? fun(result: table?, failure: lsp.ResponseError?)
---@return boolean sent
function M.execute(command, argument, done)
  at_work = at_work + 1
  local sent = client.execute(command, argument, function(result, failure)
    at_work = at_work - 1
    if done then
      done(result, failure)
    end
  end)
  if not sent then
    at_work = at_work - 1
  end
  return sent
end

-- Whether the server is there; else the user is told why not.
---@return integer? bufnr
---@return vim.lsp.Client?
function M.focus()
  local bufnr, of = client.focus()
  if not bufnr or not of then
    notify.warn(client.why_not())
  end
  return bufnr, of
end

---@param call punie.Call
---@return table?
function M.argument_of(call)
  local bufnr, of = M.focus()
  if not bufnr or not of then
    return nil
  end
  local argument = places.of(of, bufnr, call) --[[@as table]]
  argument.uri = vim.uri_from_bufnr(bufnr)
  argument.session = call.bang and 'new' or require('punie.conversation').session()
  return argument
end

-- A prompt: its answer is written into the panel.
---@param command string
---@param argument table
---@param prompt string
function M.converse(command, argument, prompt)
  local _, of = client.focus()
  if not of then
    notify.warn(client.why_not())
    return
  end
  local conversation = require('punie.conversation')
  local pending = conversation.begin(of.id, prompt, argument.session == 'new')
  local sent = M.execute(command, argument, function(result, failure)
    conversation.finished(pending, result, failure)
  end)
  if not sent then
    conversation.finished(pending)
  end
end

return M
