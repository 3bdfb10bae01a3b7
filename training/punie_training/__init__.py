"""Training data for Punie's local models. It starts with the dataset models and their on-disk contract."""
