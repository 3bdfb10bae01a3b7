"""The relay: a byte-transparent multiplexer between an editor and three language servers.

Light on purpose: standard library, msgspec, `punie_semantic.wire` and `punie_semantic.environment`, nothing
else. Every import here stands between the editor and its first hover.
"""
