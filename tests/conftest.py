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
PLACES = {
    "tests/e2e/": "browser",
    "tests/engine/runs/test_cluster": "cluster",
    "tests/engine/runs/test_machines": "machines",
    "tests/engine/runs/": "hosts",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser tests, the slowest, come first where tests run side by side. In a single process they come last:
    Playwright's event loop would be in the way of the others."""
    first = "PYTEST_XDIST_WORKER" in os.environ
    items.sort(key=lambda item: _place(item.nodeid) != "browser" if first else _place(item.nodeid) == "browser")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Side by side (`pytest -n 2 --no-loadscope-reorder`) tests of one place stay in one process, with what they share:
    one browser, one set of hosts, one file."""
    from xdist.scheduler import LoadScopeScheduling

    class ByPlace(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _place(nodeid)

    return ByPlace(config, log)


def _place(nodeid: str) -> str:
    path = nodeid.split("::")[0]
    return next((place for folder, place in PLACES.items() if path.startswith(folder)), path)
