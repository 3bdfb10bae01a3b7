"""The wire: LSP framing and positions.

Light on purpose (standard library and msgspec only): the relay process imports it before ty runs.
It knows bytes and text, and nothing of tools, overlays or agents.
"""
