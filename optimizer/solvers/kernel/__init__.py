"""The compiled search: plain arrays, no Python objects, no interpreter lock while it runs."""
