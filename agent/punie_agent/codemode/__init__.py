"""Code mode: model-written Python, type-checked against the tools' stubs, then run in the Monty sandbox."""
