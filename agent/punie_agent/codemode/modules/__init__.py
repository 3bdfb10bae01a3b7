"""Parts of the standard library that Monty lacks, in the Python that it has. They run in the sandbox only."""
