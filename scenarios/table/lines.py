"""What the list says of each plan, kept in the file of plans: who opens the page waits for no plan but its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress

from optimizer.district import District
from scenarios.asking.options import Settings
from scenarios.report.data import fingerprint
from scenarios.table.journal import Journal
from scenarios.table.sent import Sent
from scenarios.version import rezone_version
from scenarios.writing.files import OutputError

KEY = "lines"


class Lines:
    """By plan, what was found of it at its last edit. What was found under another district, other limits or rules, or
    by another version counts for nothing."""

    def __init__(self, journal: Journal, district: District, settings: Settings) -> None:
        self.journal = journal
        asked = [settings.options.model_dump(), settings.rules, settings.default_minimum]
        judged = [rezone_version(), fingerprint(district), district.inputs, asked]
        self.by = hashlib.sha256(json.dumps(judged, sort_keys=True, default=str).encode()).hexdigest()
        kept = json.loads(journal.meta(KEY) or "{}")
        self.known: dict[str, Sent] = kept["lines"] if kept.get("by") == self.by else {}

    def of(self, plan: int, find: Callable[[], Sent]) -> Sent:
        """find: the line, where it has to be found anew."""
        line = self.known.get(str(plan))
        if line is None or line["seq"] != self.journal.last(plan):
            line = self.known[str(plan)] = find()
        return line

    def keep(self) -> None:
        """For the next start, where there is room for it."""
        text = json.dumps({"by": self.by, "lines": self.known})
        if text != self.journal.meta(KEY):
            with suppress(OutputError):
                self.journal.keep(KEY, text)
