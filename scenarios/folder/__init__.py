"""The district folder: reading, checking and writing, as FORMAT.md has it."""

from scenarios.folder.read import read_district, read_limits
from scenarios.folder.write import write_district

__all__ = ["read_district", "read_limits", "write_district"]
