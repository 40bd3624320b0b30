"""Which run a page shows: the one of the address, the last one, the newest, or the example."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from engine.gan.kind import EXAMPLE_GAN
from engine.kinds import KINDS
from engine.plane.config import PlaneGan
from engine.runs.info import RunInfo
from engine.training.kind import EXAMPLE
from engine.training.presets import PRESETS
from ui import backend, state
from ui.gan.run import PAGE as GAN
from ui.plane.run import PAGE as PLANE
from ui.runs import run_page, steering
from ui.runs.run_page import DRAWN, FIRST_POINT, JUST, let_first_point_pass
from ui.runs.shown_kinds import SHOWN_KINDS
from ui.state import Session
from ui.train.run import PAGE as TRAIN


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Session]:
    """A visitor to a server with an empty data folder, whose address names no run."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    monkeypatch.setattr(st, "query_params", {})
    for module in (run_page, steering, state):
        monkeypatch.setattr(module, "owner", lambda: "me")
    backend.service.cache_clear()
    backend.service().begin()
    yield Session(PRESETS["quick"].network, PRESETS["quick"].config)
    backend.service().close()
    backend.service.cache_clear()


def test_every_kind_has_its_row_and_its_page() -> None:
    ours = {name for name, kind in KINDS.items() if kind.codec.of.__module__.startswith("engine.")}
    assert set(SHOWN_KINDS) == ours  # a test brings a kind of its own
    for name, shown in SHOWN_KINDS.items():
        assert (Path(__file__).parents[3] / "pages" / f"{shown.page}.py").is_file(), name
    assert SHOWN_KINDS["plane"].address("a/b?") == "./gan?plane=a%2Fb%3F" and not SHOWN_KINDS["checks"].address("a")


def test_who_has_no_run_sees_the_example_where_there_is_one(visitor: Session) -> None:
    run, problem = GAN.shown_or_example(visitor)
    assert (run.id, problem, visitor.gan_run_id) == (EXAMPLE_GAN, "", EXAMPLE_GAN)
    assert GAN.label(run).startswith("**Press Start** and watch a network learn to write: the generator (G)")
    assert PLANE.shown(visitor) == (None, "")


@pytest.mark.parametrize("asked", ["nobody", EXAMPLE])
def test_an_address_without_such_a_run_is_said_in_words(visitor: Session, asked: str) -> None:
    st.query_params["run"] = st.query_params["plane"] = asked
    run, problem = GAN.shown_or_example(visitor)
    assert (run.id, problem) == (
        EXAMPLE_GAN,
        "No GAN has the address that was opened; old runs are removed. This is the example instead.",
    )
    assert PLANE.shown(visitor) == (None, "No run has the address that was opened; old runs are removed.")


def test_a_run_that_begins_is_shown_and_the_one_before_ends_where_only_one_goes_on(
    visitor: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders: list[Any] = []
    monkeypatch.setattr(backend.service(), "control", lambda *order: orders.append(order))
    first = PLANE.begin(visitor, paused=True)
    assert st.query_params["plane"] == visitor.plane_run_id == first
    second = PLANE.begin(visitor, paused=True)
    shown = PLANE.shown(visitor)[0]
    assert shown and shown.id == second
    GAN.begin(visitor, paused=True)
    GAN.begin(visitor, paused=True)
    assert orders == [(first, "me", "stop")]


def test_a_run_is_shown_only_with_what_it_fits_and_opening_it_brings_that_back(visitor: Session) -> None:
    run_id = PLANE.begin(visitor, paused=True)
    visitor.plane = replace(visitor.plane, target="moons")
    assert PLANE.shown(visitor)[0] is None
    current = PLANE.current(visitor)[0]
    assert current and current.id == run_id
    other = Session(visitor.network, visitor.config, plane=PlaneGan("moons"))
    shown = PLANE.shown(other)[0]
    assert shown and shown.id == run_id and other.plane.target == "ring"
    assert PLANE.label(shown) == ""


def test_a_page_waits_for_the_first_point_of_a_run_that_has_just_begun_and_of_no_other(visitor: Session) -> None:
    def waited(run: RunInfo) -> float:
        begun = time.monotonic()
        let_first_point_pass(run)
        return time.monotonic() - begun

    run_id = TRAIN.start(visitor)
    run = backend.service().run(run_id)
    assert run and DRAWN <= waited(replace(run, status="starting", step=0)) < FIRST_POINT + 4 * DRAWN
    others = ({"owner": "you"}, {"status": "paused"}, {"step": 1}, {"created": run.created - JUST})
    for other in others:
        assert waited(replace(run, **{"status": "starting", "step": 0, **other})) < DRAWN, other  # type: ignore[arg-type]
    backend.service().control(run_id, "me", "stop")
