"""Examples from the code, documents and tests of projects. What is mined is read, and never imported or run."""
