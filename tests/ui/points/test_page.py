"""The 2-D playground's page: its examples run, a link carries all settings, and what is changed by hand is checked."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.export.formats import read_link, write_link
from engine.kinds import check_job
from engine.points.config import POINTS_CODEC, PointsSpec
from tests.ui.conftest import visitor
from ui.points.run import change, set_weights
from ui.points.tries import TRIES, look_for
from ui.state import Session

SHELL = Path(__file__).parent.parent.parent.parent / "ui" / "shell.py"


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AppTest]:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    app = AppTest.from_file(SHELL, default_timeout=60).run()
    yield app
    assert not app.exception


def test_the_address_brings_an_example_or_all_settings_and_the_sidebar_changes_them(app: AppTest) -> None:
    app.query_params["try"] = "perceptron-xor"
    app.switch_page("../pages/points.py").run()
    assert visitor(app).points == TRIES["perceptron-xor"].spec
    assert "for ever" in str(look_for(visitor(app).points))
    spec = PointsSpec("three", units=(3, 2), features=("x", "xy"), edits=(("w1.1.2", 0.5),), noise=7.0)
    app.query_params["n"] = write_link(spec, POINTS_CODEC)
    app.switch_page("../pages/points.py").run()
    assert visitor(app).points == spec and app.number_input(key="points.noise").value == 7.0
    app.number_input(key="points.count").set_value(50)
    app.selectbox(key="points.optimizer").select("Adam").run()
    assert (visitor(app).points.count, visitor(app).points.optimizer.kind) == (50, "Adam")
    app.query_params["n"] = "damaged"
    app.switch_page("../pages/points.py").run()
    assert "damaged" in app.warning[0].value


def test_every_example_may_run_and_goes_into_a_link() -> None:
    for one in TRIES.values():
        check_job(one.spec)
        assert read_link(write_link(one.spec, POINTS_CODEC), POINTS_CODEC) == one.spec


def test_what_a_browser_asks_for_is_checked_and_a_hidden_layer_ends_the_perceptron_rule(app: AppTest) -> None:
    app.switch_page("../pages/points.py").run()
    table = Session(visitor(app).network, visitor(app).config, visitor="somebody")
    table.points = replace(TRIES["perceptron"].spec, edits=(("w1.1.1", 1.0),))
    for wrong in ({"units": [99]}, {"steps": -1}, {"nonsense": 1}, {"features": ["z"]}):
        before = table.points
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("ui.points.run.PAGE", _NoRun())
            assert change(table, wrong) and table.points == before
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ui.points.run.PAGE", _NoRun())
        assert not change(table, {"units": [2]})
    assert (table.points.rule, table.points.units, table.points.edits) == ("gradient", (2,), ())
    assert not set_weights(table, None, {"w2.1.2": -3}) and table.points.edits == (("w2.1.2", -3.0),)
    for wrong_weights in ({"w7.1.1": 1.0}, {"w2.1.2": 1e9}, {"w2.1.2": "much"}):
        assert set_weights(table, None, wrong_weights)
    assert not set_weights(table, None, "nothing") and table.points.edits == (("w2.1.2", -3.0),)


class _NoRun:
    """Stands for the page where no run is shown."""

    @staticmethod
    def shown(_: Session) -> tuple[None, str]:
        return None, ""
