"""The district folder: reading and checking, as FORMAT.md has it."""

from scenarios.folder.read import read_district

__all__ = ["read_district"]
