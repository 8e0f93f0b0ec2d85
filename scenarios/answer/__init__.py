"""What is found: a plan as it stands, what it is held against, what is proved of it, and the files of a run."""
