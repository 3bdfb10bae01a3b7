"""What goes wrong on a bad day; `PUNIE_REPEATS=100 pytest tests/faults` has each of it happen a hundred times."""
