"""Every tool through every door: Python, a program in the sandbox, the command line; and bad input for all of them."""
