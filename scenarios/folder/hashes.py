"""What identifies the data that a result was made from."""

from __future__ import annotations

import hashlib
from pathlib import Path

from scenarios.folder.blocks import find_blocks

# Besides the blocks: what `read_district` opens where it is there.
READ = ("district.toml", "schools.csv", "travel.parquet", "travel.csv", "adjacency.csv")


def folder_hashes(folder: str | Path) -> dict[str, str]:
    """By file name, the SHA-256 of each file of the district folder that `read_district` reads."""
    folder = Path(folder)
    names = [find_blocks(folder).name, *(name for name in READ if (folder / name).exists())]
    return {name: sha256_of(folder / name) for name in sorted(names)}


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
