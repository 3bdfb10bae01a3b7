-- What each event of a turn adds to its conversation's text.
local stream = require('punie.stream')

---@type table<string, fun(conversation: punie.Conversation, event: table)>
local M = {
  text = function(conversation, event)
    if conversation.message and conversation.message ~= event.message then
      stream.paragraph(conversation, event.text)
    else
      stream.append(conversation, event.text)
    end
    conversation.message = event.message
    stream.doing(conversation, 'Writing the answer…')
  end,
  thought = function(conversation)
    stream.doing(conversation, 'Thinking…')
  end,
  program = function(conversation)
    stream.doing(conversation, 'Running a program…')
  end,
  program_ended = function(conversation)
    stream.doing(conversation, 'Waiting for the model…')
  end,
  tool_call_started = function(conversation, event)
    stream.doing(conversation, event.title)
  end,
  tool_call_updated = function(conversation, event)
    if event.message ~= '' then
      stream.doing(conversation, event.message)
    end
  end,
  permission_requested = function(conversation, event)
    if #event.choices > 0 then
      stream.doing(conversation, 'Waiting for your answer: ' .. event.title)
    end
  end,
  verifying = function(conversation)
    stream.doing(conversation, 'Re-checking the edits…')
  end,
  notice = function(conversation, event)
    stream.paragraph(conversation, ('*%s*\n\n'):format(event.text))
  end,
  done = function(conversation, event)
    if event.reason ~= 'end_turn' then
      local why = event.reason == 'cancelled' and 'Cancelled.' or event.message
      stream.paragraph(conversation, ('**%s**'):format(why))
    end
    conversation.turn, conversation.ended = nil, true
    stream.doing(conversation, '')
  end,
}

return M
