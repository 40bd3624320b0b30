"""What all tests share: one torch thread in every process, for two on a busy machine wait for each other; a data folder
that is nobody's; and which run side by side."""

import atexit
import os
import tempfile
from typing import Any

import pytest

_data = tempfile.TemporaryDirectory(prefix="playground-tests-", ignore_cleanup_errors=True)
atexit.register(_data.cleanup)
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["PLAYGROUND_DATA"] = _data.name  # before anything asks for it: modules may, while tests are collected
NO_SKIPS = "PLAYGROUND_NO_SKIPS"
LONG = f"They take long: set {NO_SKIPS}=1 to have all of them, as CI does"
MAY_BE_SKIPPED = ("Keras", "keras", "CUDA", "GPU", "Windows")
PLACES = {
    "tests/e2e/test_language": "walk",
    "tests/e2e/test_reach": "walk",
    "tests/e2e/": "browser",
    "tests/test_gate": "ports",  # each looks for a free one, then takes it
    "tests/test_serving": "ports",
    "tests/test_tls": "ports",
    "tests/engine/runs/cluster/test_cluster": "cluster",
    "tests/engine/runs/cluster/test_machines": "machines",
    "tests/engine/runs/": "hosts",
}

REASON_LINES = 12  # of a test's first failure


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: takes eight seconds and more; CI runs it, `make test` by itself does not")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests are for CI. The browser tests, the slowest, come first where tests run side by side, then those of
    the training processes and of servers: short files are shared out at the end. In a single process the browser tests
    come last: Playwright's event loop would be in the way of the others."""
    for item in items:
        if item.get_closest_marker("long") and not os.environ.get(NO_SKIPS):
            item.add_marker(pytest.mark.skip(reason=LONG))
    if "PYTEST_XDIST_WORKER" in os.environ:
        first = ("tests/e2e/", "tests/engine/runs/", "tests/test_")
        items.sort(key=lambda item: [not item.nodeid.startswith(folder) for folder in first])
    else:
        items.sort(key=lambda item: item.nodeid.startswith("tests/e2e/"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Side by side (`pytest -n 2 --no-loadscope-reorder`) tests of one place stay in one process, with what they share:
    one browser, one set of hosts, one file."""
    from xdist.scheduler import LoadScopeScheduling

    class ByPlace(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _place(nodeid)

    return ByPlace(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say at the end what was not tried, and what that needs; and why tests were tried twice."""
    skipped: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", ()):
        why = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else "no reason given"
        skipped[why] = skipped.get(why, 0) + 1
    for why, count in skipped.items():
        terminalreporter.write_line(f"Not tried: {count} tests. {why}")
    for report in terminalreporter.stats.get("rerun", ()):
        terminalreporter.write_line(f"Tried twice: {report.nodeid}")
        told = [line for line in report.longreprtext.splitlines() if line.startswith(("E ", ">", "tests/"))]
        for line in told[:REASON_LINES]:
            terminalreporter.write_line(f"  {line}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where PLAYGROUND_NO_SKIPS is set, as in CI, a skipped test is an error, but for what no such machine has: Keras,
    a second kind of processor."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not os.environ.get(NO_SKIPS) or reporter is None or hasattr(session.config, "workerinput"):
        return
    reports = reporter.stats.get("skipped", ())
    wrongly = [r for r in reports if not any(word in str(r.longrepr) for word in MAY_BE_SKIPPED)]
    if wrongly and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line(f"{len(wrongly)} tests were skipped that must run here.", red=True)


def _place(nodeid: str) -> str:
    path = nodeid.split("::")[0]
    return next((place for folder, place in PLACES.items() if path.startswith(folder)), path)
