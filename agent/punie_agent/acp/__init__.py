"""The agent as an ACP agent: the same sessions and events as in the editor, over the Agent Client Protocol, version 1.

Only `agent`, `client`, `projection` and `session_view` know the protocol's objects; the rest is ours.
"""
