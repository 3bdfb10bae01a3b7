"""Models that need no network: for now the builtin planner."""
