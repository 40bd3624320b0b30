"""Runs that were cut off with the server: the visitor's own can go on from their page, and every list says so."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from engine.plane.config import PlaneGan
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from ui import backend
from ui.home.cards import _result
from ui.pad import readers
from ui.runs.words import accuracy
from ui.state import Session

SHELL = Path(__file__).parent.parent.parent.parent / "ui" / "shell.py"
QUICK = Classification(PRESETS["quick"].network, replace(PRESETS["quick"].config, epochs=100))


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AppTest]:
    """A visitor, and a server whose data folder is empty."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    backend.service.cache_clear()
    yield AppTest.from_file(SHELL, default_timeout=60).run()
    backend.service().close()
    backend.service.cache_clear()


def visitor(app: AppTest) -> str:
    found: Session = app.session_state["playground"]
    return found.visitor


def interrupted(job: Any, owner: str) -> str:
    """The id of a run that was under way when the server ended; another server has taken its place."""
    backend.service().begin()
    run_id = backend.service().start(job, owner)
    backend.service().close()
    backend.service.cache_clear()
    backend.service().begin()
    run = backend.service().run(run_id)
    assert run and run.is_resumable
    return run_id


@pytest.mark.parametrize(
    ("job", "page", "address", "prefix"),
    [(QUICK, "train", "run", "run"), (PlaneGan(), "gan", "plane", "plane")],
)
def test_the_visitors_own_run_goes_on_under_its_id(
    app: AppTest, job: Any, page: str, address: str, prefix: str
) -> None:
    run_id = interrupted(job, visitor(app))
    app.query_params[address] = run_id
    if prefix == "plane":
        app.query_params["view"] = "Two dimensions"
    app.switch_page(f"../pages/{page}.py").run()
    assert app.button(key=f"{prefix}-go").label == "Resume"
    assert app.button(key=f"{prefix}-stop").label == "Start anew"
    app.button(key=f"{prefix}-go").click().run()
    assert not app.exception
    run = backend.service().run(run_id)
    assert run and not run.is_over
    assert app.query_params[address] == run_id
    assert app.button(key=f"{prefix}-go").label == "Pause"
    assert app.button(key=f"{prefix}-stop").label == "Stop"


def test_a_new_run_can_be_started_instead_and_lists_say_that_the_old_one_can_go_on(app: AppTest) -> None:
    run_id = interrupted(QUICK, visitor(app))
    app.query_params["run"] = run_id
    app.switch_page("../pages/train.py").run()
    app.button(key="run-stop").click().run()
    newest = backend.service().runs(visitor(app))[0]
    assert newest.id != run_id and not newest.is_over
    before = backend.service().run(run_id)
    assert before and before.is_resumable
    assert accuracy(before) == "interrupted, can go on"
    assert re.fullmatch(r"interrupted at step \d+ of 43,000, can go on", _result(before))
    assert list(readers([before], before.created)) == ["demo"], "it kept no weights to read with"


def test_somebody_elses_run_cannot_be_resumed(app: AppTest) -> None:
    app.query_params["run"] = interrupted(QUICK, "somebody else")
    app.switch_page("../pages/train.py").run()
    assert app.button(key="run-go").label == "Start"
    assert app.button(key="run-stop").label == "Stop" and app.button(key="run-stop").disabled
