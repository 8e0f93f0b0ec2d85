"""The one way in which files are written: whole or not at all, and recorded."""
