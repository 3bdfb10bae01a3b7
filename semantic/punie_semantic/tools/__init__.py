"""The typed tools: async functions whose first argument is the workspace. Their docstrings are prompts."""
