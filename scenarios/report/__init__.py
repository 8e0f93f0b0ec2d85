"""The report: what a run found, as data, and that data as one page that opens without a network."""

from scenarios.report.data import report_data
from scenarios.report.page import Further, render

__all__ = ["Further", "render", "report_data"]
