"""What several rules share, and is no rule itself."""
