from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui import backend
from ui.state import Session

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"


def visitor(app: AppTest) -> Session:
    found: Session = app.session_state["playground"]
    return found


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AppTest]:
    """The home page of a visitor, and a server whose data folder is empty and that trains nothing."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    backend.service.cache_clear()
    app = AppTest.from_file(SHELL, default_timeout=60).run()
    yield app
    assert not app.exception
    backend.service().close()
    backend.service.cache_clear()


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AppTest]:
    """The home page of a visitor whose runs are listed and never trained."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    backend.service.cache_clear()
    service = backend.service()
    monkeypatch.setattr(service._dispatch, "give", lambda run: None)
    yield AppTest.from_file(SHELL, default_timeout=60).run()
    service.close()
    backend.service.cache_clear()
