"""Values as one line of text and back: JSON, gzipped, in base64. A page opens it with DecompressionStream."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from typing import Any

from optimizer.errors import Fault, InputError
from scenarios.reading.documents import parse_json
from scenarios.reading.most import most


def pack(values: Any) -> str:
    """The same text for the same values. Raises ValueError on NaN, which is not JSON."""
    text = json.dumps(values, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), 6, mtime=0)).decode("ascii")


def unpack(text: str) -> Any:
    """What `pack` was given. Raises InputError on any other text, and on one that unpacks to more than can be read."""
    try:
        opened = zlib.decompressobj(wbits=31)
        raw = opened.decompress(base64.b64decode(text, validate=True), most("json") + 1)
    except (ValueError, zlib.error):
        raise InputError(Fault("report.json", "cannot be unpacked", "Make the report anew", "map")) from None
    if len(raw) > most("json") or not opened.eof:
        raise InputError(Fault("report.json", "is cut off, or unpacks to too much", "Make the report anew", "map"))
    return parse_json(raw, "report.json")
