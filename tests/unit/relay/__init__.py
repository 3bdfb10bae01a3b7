"""The relay's parts, one by one."""
