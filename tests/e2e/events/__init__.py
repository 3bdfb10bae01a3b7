"""Clients that take more than the standard: the stream of events, questions with buttons, the state as JSON."""
