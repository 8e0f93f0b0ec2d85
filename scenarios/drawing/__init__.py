"""The one drawing kit: marks, axes, charts and maps, the colouring of zones, and the frame of every page."""
