"""benchmarks/speed/rows.csv: a line for each spec and run, dated, with machine, versions and commit; and its plot."""

from __future__ import annotations

import csv
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks.machine import commit
from benchmarks.speed.specs import SPECS

HERE = Path(__file__).parent
ROWS, PLOT = HERE / "rows.csv", HERE / "speed.svg"
COLUMNS = ("date", "commit", "spec", "value", "unit", "cores", "processor", "python", "numpy", "numba", "ortools")


def machine() -> dict[str, str]:
    """What a row says of where it was measured."""
    versions = {name: version(name) for name in ("numpy", "numba", "ortools")}
    processor = platform.processor() or platform.machine()
    return {
        "cores": str(os.cpu_count()),
        "processor": processor,
        "python": platform.python_version(),
        **versions,
    }


def add(values: dict[str, float], file: Path = ROWS) -> None:
    """Append a row for each value."""
    about = {"date": time.strftime("%Y-%m-%dT%H:%M"), "commit": commit(), **machine()}
    new = not file.exists()
    with file.open("a", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        if new:
            writer.writeheader()
        for name, value in values.items():
            writer.writerow({**about, "spec": name, "value": f"{value:.6g}", "unit": SPECS[name].unit})


def read(file: Path = ROWS) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def plot(rows: list[dict[str, str]], file: Path = PLOT) -> None:
    """A panel for each spec, in the order of its rows, one line for each kind of machine."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "rezone"
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(row["spec"] for row in rows))
    figure = Figure(figsize=(7, 1.9 * len(names)), layout="constrained")
    for axes, name in zip(figure.subplots(len(names), squeeze=False)[:, 0], names, strict=True):
        mine = [row for row in rows if row["spec"] == name]
        days = sorted({(row["date"], row["commit"]) for row in mine})
        for kind in sorted({_kind(row) for row in mine}):
            of = [row for row in mine if _kind(row) == kind]
            places = [days.index((row["date"], row["commit"])) for row in of]
            axes.plot(places, [float(row["value"]) for row in of], marker="o", label=kind)
        axes.set_title(f"{name} ({mine[0]['unit']})", loc="left", fontsize=9)
        axes.set_xticks(range(len(days)), [f"{date[:10]}\n{commit}" for date, commit in days], fontsize=7)
        axes.set_ylim(bottom=0)
        axes.legend(fontsize=6)
    figure.savefig(file, metadata={"Date": None})


def _kind(row: dict[str, str]) -> str:
    return f"{row['cores']} cores, {row['processor']}, Python {row['python']}"
