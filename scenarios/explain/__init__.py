"""What `rezone explain` has found: as JSON, in words, and where closed schools' blocks could go."""
