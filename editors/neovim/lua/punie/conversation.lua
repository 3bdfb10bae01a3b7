-- Conversations as buffers: a turn's text arrives while it is written; at its end the server's own document replaces it.
local documents = require('punie.documents')
local events = require('punie.events')
local panel = require('punie.panel')
local stream = require('punie.stream')

local M = {}

---@type punie.Conversation[] oldest first
local all = {}
---@class punie.Pending what the user asked
---@field prompt string
---@field client integer
---@field conversation? punie.Conversation where it is answered, once that is known

---@type punie.Pending? the one whose turn has not begun
local asked
---@type punie.Conversation? the one in the panel
local shown

---@param test fun(conversation: punie.Conversation): boolean?
---@return punie.Conversation?
local function newest(test)
  for index = #all, 1, -1 do
    local conversation = all[index]
    if not vim.api.nvim_buf_is_valid(conversation.bufnr) then
      table.remove(all, index)
    elseif test(conversation) then
      return conversation
    end
  end
end

---@param session string
---@param client integer
---@return punie.Conversation
local function new(session, client)
  local conversation = { session = session, bufnr = documents.new(), client = client, waiting = '', doing = '' }
  all[#all + 1] = conversation
  return conversation
end

-- The user asks: the panel opens at once, before anything has come.
---@param client integer
---@param prompt string
---@param anew boolean whether it begins a conversation
---@return punie.Pending
function M.begin(client, prompt, anew)
  asked = { prompt = prompt, client = client }
  local conversation = not anew and shown and vim.api.nvim_buf_is_valid(shown.bufnr) and shown or nil
  if not conversation or conversation.client ~= client then
    conversation = not anew and newest(function(each)
      return each.client == client
    end) or new('', client)
  end
  shown = conversation
  panel.show(conversation.bufnr, { focus = true, line = vim.api.nvim_buf_line_count(conversation.bufnr) - 1 })
  if not conversation.turn then
    stream.doing(conversation, 'Starting…')
  end
  stream.flush(conversation)
  return asked
end

-- The command has ended, for good or not.
---@param pending punie.Pending
---@param result? table
---@param failure? lsp.ResponseError
function M.finished(pending, result, failure)
  if asked == pending then -- its turn never began, or there are no events
    asked = nil
    if shown and not shown.turn then
      stream.doing(shown, '')
      if not result and vim.api.nvim_buf_line_count(shown.bufnr) == 1 then
        stream.append(shown, ('**%s**'):format(failure and failure.message or 'Nothing was answered.'))
      end
    end
  end
  local conversation = pending.conversation
  if failure and conversation and conversation.turn then
    stream.paragraph(conversation, '**The answer was interrupted.**')
    conversation.turn, conversation.ended = nil, true
    stream.doing(conversation, '')
  end
end

---@param client integer
---@param params { session: string, turn: integer, event: table, prompt: string?, title: string? }
---@return punie.Conversation
local function conversation_of(client, params)
  local found = newest(function(each)
    return each.session == params.session
  end)
  if found then
    return found
  end
  local fresh = newest(function(each)
    return each.session == '' and each.client == client
  end)
  if fresh then
    fresh.session = params.session
    return fresh
  end
  return new(params.session, client)
end

---@param conversation punie.Conversation
---@param params { session: string, turn: integer, event: table, prompt: string?, title: string? }
local function begin_turn(conversation, params)
  conversation.turn, conversation.ended, conversation.message = params.turn, false, nil
  local prompt = params.prompt or 'Punie'
  if asked and asked.client == conversation.client then
    asked.conversation, asked = conversation, nil
    if shown ~= conversation then
      if shown then
        stream.doing(shown, '')
      end
      shown = conversation
      local last = vim.api.nvim_buf_line_count(conversation.bufnr) - 1
      panel.show(conversation.bufnr, { focus = panel.window() == vim.api.nvim_get_current_win(), line = last })
    end
  end
  stream.head(conversation, params.title, prompt, params.turn)
end

-- One event of a turn.
---@param client integer
---@param params { session: string, turn: integer, event: table, prompt: string?, title: string? }
function M.event(client, params)
  local conversation = conversation_of(client, params)
  if conversation.turn ~= params.turn then
    begin_turn(conversation, params)
    stream.doing(conversation, 'Waiting for the model…')
  end
  local handle = events[params.event.type]
  if handle then
    handle(conversation, params.event)
  end
end

-- What is being done, for servers that send no events.
---@param text string
function M.progress(text)
  if asked and shown then
    stream.doing(shown, text)
  end
end

-- The server's document is about to replace what was streamed.
---@param uri string
function M.refreshing(uri)
  local conversation = newest(function(each)
    return each.uri == uri
  end)
  if conversation and not conversation.turn then
    conversation.waiting = ''
  end
end

-- The conversation that a document, new to us, is the text of: its name ends with the end of the session's id.
---@param client integer
---@param uri string
---@return punie.Conversation?
local function unnamed(client, uri)
  return newest(function(each)
    local id = each.session:gsub('%W', ''):sub(-12)
    return each.client == client and not each.uri and id ~= '' and uri:find(id, 1, true) ~= nil
  end) or (asked and newest(function(each) -- without events nothing else is known of it
    return each.client == client and not each.uri and each.session == ''
  end)) or nil
end

-- The server shows a document: the end of a turn, or a page such as the status.
---@param client vim.lsp.Client
---@param uri string
---@param line? integer
---@param focus? boolean
function M.show(client, uri, line, focus)
  local conversation = newest(function(each)
    return each.uri == uri
  end)
  if not conversation and not documents.known(uri) then
    conversation = unnamed(client.id, uri)
    if conversation then
      conversation.uri = uri
      documents.adopt(conversation.bufnr, uri)
    end
  end
  local win = panel.window()
  focus = focus or (win ~= nil and vim.api.nvim_get_current_win() == win) or require('punie.running').wants_focus()
  -- Who watched it being written stays where they are; who put it away is not disturbed.
  local streamed = conversation ~= nil and conversation.ended == true
  if conversation then
    conversation.ended, conversation.waiting, conversation.doing = false, '', ''
    shown = (not streamed or win) and conversation or shown
  else
    shown = nil
  end
  local bufnr = documents.buffer(uri)
  documents.fill(client, uri, function()
    if conversation then
      stream.draw(conversation)
    end
    if streamed and not win then
      require('punie.notify').say('the answer is complete; :Punie open shows it.')
      return
    end
    panel.show(bufnr, { focus = focus, line = not streamed and line or nil })
    if conversation then
      stream.draw(conversation)
    else
      panel.title('Punie')
    end
  end)
end

-- An earlier session goes on: its document is a conversation from now on.
---@param client vim.lsp.Client
---@param session string
---@param uri string
function M.resumed(client, session, uri)
  local conversation = newest(function(each)
    return each.session == session and each.client == client.id
  end)
  if not conversation then
    conversation = { session = session, bufnr = documents.buffer(uri), client = client.id, waiting = '', doing = '' }
    all[#all + 1] = conversation
  end
  if not conversation.uri then
    conversation.uri = uri
    documents.adopt(conversation.bufnr, uri)
  end
  M.show(client, uri, nil, true)
end

-- The server is gone; nothing more will come.
---@param client integer
---@param why string
function M.interrupted(client, why)
  for _, conversation in ipairs(all) do
    if conversation.client == client and vim.api.nvim_buf_is_valid(conversation.bufnr) then
      if conversation.turn or conversation.doing ~= '' then
        stream.paragraph(conversation, ('**%s**'):format(why))
      end
      conversation.turn = nil
      stream.doing(conversation, '')
    end
  end
  asked = nil
end

-- Show the conversation that was there last.
---@return boolean whether there is one
function M.open()
  local conversation = shown and vim.api.nvim_buf_is_valid(shown.bufnr) and shown or newest(function()
    return true
  end)
  if not conversation then
    return false
  end
  shown = conversation
  panel.show(conversation.bufnr, { focus = true })
  stream.draw(conversation)
  return true
end

-- The session of the conversation in the panel, if the server has named it.
---@return string?
function M.session()
  local win = panel.window()
  if win and shown and vim.api.nvim_win_get_buf(win) == shown.bufnr and shown.session ~= '' then
    return shown.session
  end
end

return M
