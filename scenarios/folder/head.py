"""district.toml: name, CRS, groups and default limits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from optimizer.errors import nearest
from scenarios.asking.options import limit_faults
from scenarios.folder.tables import Faults, check_names
from scenarios.reading.documents import read_toml
from scenarios.reading.most import need_most
from scenarios.reading.values import Table

KEYS = ("name", "crs", "groups", "limits")
RESERVED = ("poverty", "race", "all")


@dataclass(frozen=True)
class Head:
    """What district.toml says. crs: as written, None where absent. limits: by option name, {} where absent."""

    name: str = ""
    crs: str | None = None
    groups: tuple[str, ...] = ()
    limits: Table = field(default_factory=dict)


def read_head(faults: Faults, folder: Path) -> Head:
    """district.toml, with a fault for each key that cannot be used. Raises InputError where there is no such file."""
    where = "district.toml"
    head = read_toml(folder / where)
    for key in head:
        if key not in KEYS:
            faults.add(where, f"the key is not known{nearest(key, KEYS)}", f"Keys are: {', '.join(KEYS)}", column=key)
    if not isinstance(head.get("name"), str) or not head["name"].strip():
        faults.add(where, "the name is missing", "Give the district's name as text", column="name")
    check_names(faults, where, [str(head.get("name"))], "name")
    groups = head.get("groups")
    if not isinstance(groups, list) or not all(_is_group(group) for group in groups) or len(set(groups)) < len(groups):
        mend = "Give a list of different names of a-z, 0-9 and _, none of them poverty, race, all or grade_…; may be []"
        faults.add(where, "the groups cannot be used", mend, column="groups")
    else:
        need_most(where, "groups", len(groups), "groups")
        check_names(faults, where, groups, "groups")
    if not isinstance(head.get("crs", ""), str):
        faults.add(where, "the crs is not text", "Give it as text, such as 'EPSG:32618'", column="crs")
    if "limits" in head:
        faults.found += limit_faults(head["limits"])
    named = [group for group in groups if _is_group(group)] if isinstance(groups, list) else []
    return Head(
        str(head.get("name")),
        head.get("crs") if isinstance(head.get("crs"), str) else None,
        tuple(named),
        head.get("limits", {}),
    )


def _is_group(group: Any) -> bool:
    named = isinstance(group, str) and re.fullmatch(r"[a-z0-9_]+", group) is not None
    return named and group not in RESERVED and not group.startswith("grade_")
