"""Examples from what users did with Punie, as its store of sessions has it."""
