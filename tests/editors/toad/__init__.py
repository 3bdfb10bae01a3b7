"""Toad, a terminal client of the Agent Client Protocol, in a real terminal with the real agent."""
