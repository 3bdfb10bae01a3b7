"""What `punie-ls doctor` finds out. Each module examines one thing; none runs the code of the project."""
