"""Plans for other programs: layers for GIS and workbooks, with scores and provenance inside."""

from scenarios.exports.for_checker import write_for_checker
from scenarios.exports.layers import FORMATS
from scenarios.exports.runs import Run, read_runs
from scenarios.exports.tables import tables_of
from scenarios.exports.write import write_export

__all__ = ["FORMATS", "Run", "read_runs", "tables_of", "write_export", "write_for_checker"]
