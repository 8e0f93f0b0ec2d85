"""How fast the parts are, over time and between commits: `python -m benchmarks.speed`."""
