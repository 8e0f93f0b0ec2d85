"""From the files that people have to a district folder, with every assumption written down: `rezone import`."""
