"""What pages, sheets and terminals share: templates, sheets that hold text as text, small words."""
