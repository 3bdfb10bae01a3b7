"""`punie-ls serve`: the agent of many projects behind one WebSocket. It imports neither the model stack nor `acp`."""
