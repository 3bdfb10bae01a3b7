"""The punie server: Punie's own code actions and commands as an ordinary pygls server behind the relay."""
