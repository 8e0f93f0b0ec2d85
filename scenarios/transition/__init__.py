"""The way there: a plan phased in year by year, as tables, JSON and a page."""

from scenarios.transition.document import Ask, document
from scenarios.transition.page import render
from scenarios.transition.tables import schools_table, years_table

__all__ = ["Ask", "document", "render", "schools_table", "years_table"]
