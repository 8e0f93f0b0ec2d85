"""What identifies the data that a result was made from."""

from __future__ import annotations

from pathlib import Path

from scenarios.folder.blocks import find_blocks
from scenarios.folder.draws import DRAWS
from scenarios.folder.read import read_inputs
from scenarios.writing.staging import sha256_of

__all__ = ["byte_hashes", "draws_hash", "folder_hashes", "sha256_of"]

# Besides the blocks: what `read_district` opens where it is there.
READ = ("district.toml", "schools.csv", "travel.parquet", "travel.csv", "adjacency.csv")


def folder_hashes(folder: str | Path) -> dict[str, str]:
    """By part, the SHA-256 of what the district folder holds: `District.inputs`, where the folder is as it was read."""
    return read_inputs(folder)[1]


def byte_hashes(folder: str | Path) -> dict[str, str]:
    """By file name, the SHA-256 of the bytes of each file that `read_district` reads: what certificates of formats 1
    and 2 know a folder by."""
    folder = Path(folder)
    names = [find_blocks(folder).name, *(name for name in READ if (folder / name).exists())]
    return {name: sha256_of(folder / name) for name in sorted(names)}


def draws_hash(folder: str | Path) -> str | None:
    """The SHA-256 of the folder's draws, None where it has none. It stands apart from `District.inputs`: a plan, its
    bound and its certificate do not hang on draws; what is said of errors in the counts does, and names them."""
    file = Path(folder) / DRAWS
    return sha256_of(file) if file.exists() else None
