"""The JSON Schema of the scenario file, for editors that complete and check TOML as it is typed.

`python -m scenarios.scenario_file.schema docs/scenario.schema.json` writes it anew after a change to options or rules.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from scenarios.asking.rule_tables import rule_keys
from scenarios.scenario_file.models import ScenarioFile
from scenarios.writing.files import write_json

Schema = dict[str, Any]  # JSON of whatever depth
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def scenario_schema() -> Schema:
    """The schema, made from the models and from the rules of this version."""
    schema = _tidy(ScenarioFile.model_json_schema())
    shapes = schema["$defs"]
    for name in ("Scenario", "Zip", "Sweep"):
        for entry in shapes[name]["properties"].values():
            entry.pop("default", None)  # what is not given there is as in [options]
    shapes["Rule"] = {"title": "Rule", "anyOf": _rule_shapes(shapes)}
    for entry in (schema["properties"]["rules"], shapes["Scenario"]["properties"]["rules"]):
        entry["items"] = {"$ref": "#/$defs/Rule"}
    one = [{"required": ["district"]}, {"required": ["districts"]}]
    return {"$schema": DRAFT, **schema, "oneOf": one}


def _rule_shapes(shapes: Schema) -> list[Schema]:
    """What each kind of rule takes; definitions that they share go to `shapes`."""
    from optimizer.rules import RULES  # noqa: PLC0415 - scipy takes a moment to import

    found = []
    for kind, rule in sorted(RULES.items()):
        shape = _tidy(TypeAdapter(rule).json_schema())
        shapes.update(shape.pop("$defs", {}))
        known = {"kind", *rule_keys(rule)}
        keys = {"kind": {"const": kind}, **shape.get("properties", {})}
        required = ["kind", *shape.get("required", [])]
        text = (rule.__doc__ or kind).partition("\n")[0]
        found.append(
            {
                "title": kind,
                "description": text,
                "type": "object",
                "properties": {key: value for key, value in keys.items() if key in known},
                "required": required,
                "additionalProperties": False,
            }
        )
    return found


def _tidy(part: Any) -> Any:
    """Without null, which TOML has not, and with LF-free descriptions."""
    if isinstance(part, list):
        return [_tidy(each) for each in part]
    if not isinstance(part, dict):
        return part
    tidy = {key: _tidy(value) for key, value in part.items() if not (key == "default" and value is None)}
    kinds = [kind for kind in tidy.get("anyOf", []) if kind != {"type": "null"}]
    if isinstance(tidy.get("description"), str):
        tidy["description"] = " ".join(tidy["description"].split())
    if len(kinds) == 1:
        del tidy["anyOf"]
        return {**kinds[0], **tidy}
    return {**tidy, "anyOf": kinds} if kinds else tidy


if __name__ == "__main__":
    write_json(Path(sys.argv[1]), scenario_schema())
