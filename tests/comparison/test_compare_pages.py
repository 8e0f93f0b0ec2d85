"""The pages of `compare`, `score` and `transition` in a browser: no request, nothing that an accessibility checker
objects to, on a phone too, and the chart by keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from optimizer import Plan
from optimizer.objectives import Disparity
from optimizer.transition import Policy
from scenarios import compare, transition
from scenarios.asking.settling import settle
from scenarios.comparison import differences, write_comparison
from scenarios.generator import generate
from scenarios.plans.layers import GivenPlan
from scenarios.score import Scored, best_plans, document, write_score

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> list[Path]:
    """compare.html, score.html and transition.html of a small district, under names that try to be markup."""
    from studies import row_of, run_folder

    from scenarios import read_results

    town = generate(60, 4, np.random.default_rng(3), name="<Town>")
    school = town.status_quo.copy()
    borders = town.status_quo[town.adjacency.rows] != town.status_quo[town.adjacency.index]
    moved, to = town.adjacency.rows[borders], town.status_quo[town.adjacency.index[borders]]
    school[moved[:3]] = to[:3]
    plans = {"<i>one": Plan(town, school), "two": Plan.status_quo(town)}
    out = tmp_path_factory.mktemp("pages")
    folder = run_folder(out / "run", [row_of(town, name, plan) for name, plan in plans.items()], plans)
    compared = compare(read_results(folder))
    write_comparison(out, compared, differences(compared, [town]))
    settings, objective = settle({"iterations": 500, "threads": 1}, None, {}), Disparity()
    none = np.zeros(town.blocks, bool)
    given = {name: GivenPlan(plan, name, np.ones(town.blocks), none) for name, plan in plans.items()}
    best, _ = best_plans(list(plans.values()), objective, settings, seconds=None)
    scored = Scored.of(given, best, settings)
    write_score(out, document(scored, objective, settings, seconds=1.0), scored)
    years = transition.document(plans["<i>one"], transition.Ask(Policy()), settings)
    (out / "transition.html").write_text(transition.render(years), encoding="utf-8")
    return [out / "compare.html", out / "score.html", out / "transition.html"]


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("chromium is not there")
    with playwright.sync_playwright() as tool:
        made = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("k", [0, 1, 2])
def test_a_page_loads_nothing_is_accessible_and_fits_a_phone(browser, pages, k: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = browser.new_page(color_scheme=scheme)
    asked, wrong = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(pages[k].as_uri())
    page.wait_for_timeout(300)
    found = axe.Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == []
    assert ([url for url in asked if url != pages[k].as_uri()], wrong) == ([], [])
    page.set_viewport_size({"width": 380, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    page.close()


def test_a_line_of_the_chart_says_its_name_when_it_has_the_focus(browser, pages) -> None:
    page = browser.new_page()
    page.goto(pages[0].as_uri())
    line = page.locator("g.plan").nth(1)
    name = line.locator("text.name")
    assert name.evaluate("e => getComputedStyle(e).visibility") == "hidden"
    line.focus()
    assert name.evaluate("e => getComputedStyle(e).visibility") == "visible"
    assert name.text_content() == "<i>one"
    assert "Dissimilarity by race" in line.get_attribute("aria-label")
    page.close()
