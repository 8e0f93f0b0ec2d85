"""The doors: one reader for each kind of file, and the most that is taken in. Nothing else opens a user's file."""
