"""A process that may open hardly any files ends with words, before a compiled library can end it without."""

from __future__ import annotations

import resource

import pytest
from system import ended, start


@pytest.mark.parametrize("most", [6, 12, 20])
def test_too_few_files_are_the_systems_fault(most: int) -> None:
    status, out, err = ended(
        start("--version", before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))
    )
    assert (status, out) == (3, "")
    assert err == (
        "error: the system lets this process open too few files at once (Too many open files). Raise the limit "
        "(ulimit -n 1024), and repeat the command\n"
    )
