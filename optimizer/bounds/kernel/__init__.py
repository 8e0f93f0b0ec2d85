"""The compiled parts of the bound."""
