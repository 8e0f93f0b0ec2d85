"""docs/serve.openapi.json, made from the routes as they are: `.venv/bin/python docs/_ext/openapi.py`."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from scenarios.table.app import CALLS
from scenarios.table.bodies import DATA

PAGE = Path(__file__).parents[1] / "serve.openapi.json"
REF = "#/components/schemas/{model}"
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["what", "mend", "code"],
            "properties": {key: {"type": "string"} for key in ("what", "mend", "code")},
        }
    },
}


def described() -> dict[str, Any]:
    """The whole of it."""
    bodies = {call.body for call in CALLS if call.body is not None} | set(DATA.values())
    order = sorted(bodies, key=lambda body: body.__name__)
    _, schemas = models_json_schema([(body, "validation") for body in order], ref_template=REF)
    paths: dict[str, Any] = {}
    for call in CALLS:
        path = re.sub(r":\w+}", "}", call.path)
        paths.setdefault(path, {})[call.method.lower()] = _operation(call, path)
    told = "server-sent events: edit, plans, mark, job, ping"
    paths["/api/events"] = {
        "get": {
            "summary": "What happens, as it happens; with ?window= and its name, what others do.",
            "responses": {"200": {"description": told}},
        }
    }
    components = {"schemas": {**schemas["$defs"], "Error": ERROR}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "rezone serve", "version": "1", "description": "docs/serve.md says what it is about."},
        "paths": dict(sorted(paths.items())),
        "components": components,
    }


def _operation(call: Any, path: str) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", path)
    whole = [name for name in names if f"{{{name}:int}}" in call.path]
    places = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer" if name in whole else "string"},
        }
        for name in names
    ]
    language = {"name": "language", "in": "query", "schema": {"type": "string"}, "description": "of what is said"}
    error = {"description": "refused", "content": _json(REF.format(model="Error"))}
    found: dict[str, Any] = {
        "summary": inspect.getdoc(call.do),
        "parameters": [*places, language],
        "responses": {str(call.status): {"description": "done"}, "4XX": error, "5XX": error},
    }
    if call.body is not None:
        found["requestBody"] = {"required": True, "content": _json(REF.format(model=call.body.__name__))}
    return found


def _json(ref: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": ref}}}


def text() -> str:
    """As the file has it."""
    return json.dumps(described(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
