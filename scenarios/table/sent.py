"""What goes over the wire: one name for it, in the server and in the engine's process."""

from __future__ import annotations

from typing import Any

Sent = dict[str, Any]  # a JSON object, or a part of one: docs/serve.md says what each has
