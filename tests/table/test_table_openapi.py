"""docs/serve.openapi.json is what the code has, and docs/serve.md speaks of it."""

from __future__ import annotations

import json
import sys

from docs_runner import DOCS

sys.path.insert(0, str(DOCS / "_ext"))
import openapi


def test_the_file_is_made_of_the_routes_as_they_are() -> None:
    assert openapi.PAGE.read_text(encoding="utf-8") == openapi.text(), "run .venv/bin/python docs/_ext/openapi.py"


def test_every_route_says_what_it_is_for_and_every_reference_leads_somewhere() -> None:
    told = openapi.described()
    operations = [one for path in told["paths"].values() for one in path.values()]
    assert all(one["summary"].endswith(".") for one in operations)
    known = {f"#/components/schemas/{name}" for name in told["components"]["schemas"]}
    text = json.dumps(told)
    assert {part.partition('"')[0] for part in text.split('"$ref": "')[1:]} <= known
