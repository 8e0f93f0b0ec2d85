"""The people: district folders, comparisons, reports and the command line."""
