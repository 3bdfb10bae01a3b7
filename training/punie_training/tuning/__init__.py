"""Studies: many short training runs or evaluations, to find the settings that do best. Knows no command line."""
