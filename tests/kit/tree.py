"""Where things lie: the repository, and the real districts beside it where they are there."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
RAW = ROOT.parent / "shared" / "raw"  # files as agencies publish them
