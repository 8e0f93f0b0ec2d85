"""Values as one line of text and back: JSON, gzipped, in base64. A page opens it with DecompressionStream."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any


def pack(values: Any) -> str:
    """The same text for the same values. Raises ValueError on NaN, which is not JSON."""
    text = json.dumps(values, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), 6, mtime=0)).decode("ascii")


def unpack(text: str) -> Any:
    """What `pack` was given."""
    return json.loads(gzip.decompress(base64.b64decode(text)))
