"""Propagation of what a zone leaves to the others, compiled."""
