"""Plan files, and plans that others drew as layers."""
