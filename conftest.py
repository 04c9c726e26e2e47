"""What pytest needs to know about the whole project: skips as failures, long searches."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from hypothesis import settings

# ``pytest --hypothesis-profile=long``: twenty thousand examples for every property that sets no number of its own.
settings.register_profile("long", max_examples=20_000, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--no-skips``, which CI uses: there, whatever a test needs has been installed."""
    parser.addoption("--no-skips", action="store_true", help="a skipped test is a failure")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure under ``--no-skips``; an expected failure stays one."""
    report = yield
    if item.config.getoption("no_skips") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: skipped under --no-skips: {report.longrepr}"
    return report
