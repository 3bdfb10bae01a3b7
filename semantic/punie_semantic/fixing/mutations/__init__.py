"""One-edit repairs of the source for a failing test: evidence, suspicion, mutations, and the runs that judge them."""
