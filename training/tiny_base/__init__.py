"""Makes the tiny base model of the tests from nothing; it is no part of the wheel."""
