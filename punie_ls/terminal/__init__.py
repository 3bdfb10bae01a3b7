"""A turn's events on a terminal, in a pipe, or as JSON lines. Knows neither the agent nor where events come from."""
