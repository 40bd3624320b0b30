"""What all tests share: one torch thread in every process, for two on a busy machine wait for each other; a data folder
that is nobody's; and which run side by side."""

import atexit
import os
import tempfile
from pathlib import Path

import pytest

_data = tempfile.TemporaryDirectory(prefix="playground-tests-", ignore_cleanup_errors=True)
atexit.register(_data.cleanup)
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["PLAYGROUND_DATA"] = _data.name  # before anything asks for it: modules may, while tests are collected
BROWSER = Path(__file__).parent / "e2e"


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Side by side (`pytest -n 2 --dist loadgroup`) the browser tests, the slowest, begin at once in one process, while
    the others go file by file. In a single process they come last: Playwright's event loop is in the way of others."""
    in_browser = {item: BROWSER in item.path.parents for item in items}
    first = "PYTEST_XDIST_WORKER" in os.environ
    items.sort(key=lambda item: in_browser[item] != first)
    for item in items:
        folder = item.path.parent
        own = "browser" if in_browser[item] else "hosts" if folder.name == "runs" else str(item.path)
        item.add_marker(pytest.mark.xdist_group(own))
