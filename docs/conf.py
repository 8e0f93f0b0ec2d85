"""How Sphinx builds these pages: `make docs`, offline, warnings are errors."""

from __future__ import annotations

import sys
from pathlib import Path

from scenarios.version import rezone_version

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "rezone"
author = "The rezone authors"
copyright = "The rezone authors, BSD-3-Clause"  # noqa: A001 - Sphinx's own name
release = version = rezone_version()
language = "en"

extensions = ["myst_parser", "mathml", "reference"]
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 4
root_doc = "index"
exclude_patterns = ["_build", "_ext", "README.md"]  # README.md is for those who read the folder, not the pages

html_theme = "pydata_sphinx_theme"
html_title = "rezone"
html_static_path: list[str] = []
html_theme_options = {"show_toc_level": 2, "navigation_with_keys": False, "navbar_end": ["theme-switcher"]}
html_sidebars: dict[str, list[str]] = {"**": []}
html_show_sourcelink = False
math_renderer = html_math_renderer = "mathml"
suppress_warnings = ["toc.not_included"]  # tests/house/test_docs_reference.py asks that the index names every page
