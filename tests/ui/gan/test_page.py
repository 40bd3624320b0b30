"""The GAN page: what its settings say, what is refused in words, and what a cure changes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from engine.gan.config import LIVE, GanSpec, change_config
from engine.gan.recipes import DEFAULT, RECIPES
from engine.network.spec import layer
from ui.gan.settings import OWN, live_values, recipe_of
from ui.state import Session

SHELL = Path(__file__).parent.parent.parent.parent / "ui" / "shell.py"
GAN = RECIPES[DEFAULT].gan


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[AppTest]:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    app = AppTest.from_file(SHELL, default_timeout=60).run()
    yield app.switch_page("../pages/gan.py").run()
    assert not app.exception


def visitor(app: AppTest) -> Session:
    found: Session = app.session_state["playground"]
    return found


def test_a_recipe_brings_both_networks_with_their_settings(app: AppTest) -> None:
    app.selectbox(key="gan-recipe").select("wgan-gp").run()
    assert visitor(app).gan == RECIPES["wgan-gp"].gan
    assert app.number_input(key="gan.discriminator_steps").value == RECIPES["wgan-gp"].gan.config.discriminator_steps
    assert app.number_input(key="gan.loss.WassersteinGP.penalty").value == 10.0


def test_every_setting_reaches_the_table(app: AppTest) -> None:
    app.number_input(key="gan.steps").set_value(77)
    app.number_input(key="gan.label_smoothing").set_value(0.1)
    app.number_input(key="gan.generator.Adam.lr").set_value(0.0005).run()
    app.selectbox(key="gan.discriminator").select("SGD").run()
    config = visitor(app).gan.config
    assert (config.steps, config.label_smoothing) == (77, 0.1)
    assert config.generator_optimizer["lr"] == 0.0005
    assert config.generator_optimizer["beta1"] == GAN.config.generator_optimizer["beta1"]
    assert config.discriminator_optimizer.kind == "SGD"


def test_networks_that_do_not_fit_are_told_in_words_and_cannot_start(app: AppTest) -> None:
    mute = replace(GAN.discriminator, layers=(*GAN.discriminator.layers[:-1], layer("Linear", units=1)))
    visitor(app).edit(mute)
    app.run()
    assert "is told which digit is meant" in app.warning[0].value
    assert app.button(key="gan-go").disabled
    assert recipe_of(visitor(app)) == OWN


def test_what_can_change_while_it_trains_is_what_the_stream_takes() -> None:
    values = live_values(change_config(GAN.config, {"generator_lr": 0.01, "generator_steps": 3}))
    assert tuple(values) == tuple(LIVE)
    assert values["generator_lr"] == 0.01
    assert values["generator_steps"] == 3 and isinstance(values["generator_steps"], int)


@pytest.mark.parametrize("live", [True, False])
def test_a_cure_steers_the_run_or_starts_another_one(app: AppTest, monkeypatch: pytest.MonkeyPatch, live: bool) -> None:
    asked: list[Any] = []
    changes = {"discriminator_lr": 0.0005, "discriminator_steps": 2}
    monkeypatch.setattr("ui.gan.run.shown_run", lambda _: (_Run(), ""))
    monkeypatch.setattr("ui.gan.run.service", lambda: _Service(asked, changes, live))
    monkeypatch.setattr("ui.gan.run.owner", lambda: "me")
    monkeypatch.setattr("ui.runs.steering.owner", lambda: "me")
    monkeypatch.setattr("ui.gan.run.show", lambda _, run_id: asked.append(("show", run_id)))
    from ui.gan.run import cure

    table = Session(visitor(app).network, visitor(app).config)
    assert cure(table) == ""
    assert table.gan.config == change_config(GAN.config, changes)
    sets = [("run", "me", "set", item) for item in changes.items()]
    assert asked == (sets if live else [("start", table.gan), ("show", "new")])


def test_a_cure_may_be_another_recipe(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("ui.gan.run.shown_run", lambda _: (_Run(), ""))
    monkeypatch.setattr("ui.gan.run.service", lambda: _Service(asked, {"recipe": "dcgan"}, live=False))
    monkeypatch.setattr("ui.gan.run.owner", lambda: "me")
    monkeypatch.setattr("ui.gan.run.show", lambda _, run_id: asked.append(("show", run_id)))
    from ui.gan.run import cure

    assert cure(Session(visitor(app).network, visitor(app).config)) == ""
    assert asked == [("start", RECIPES["dcgan"].gan), ("show", "new")]


class _Run:
    """As much of a run as a cure looks at."""

    id, owner, is_over, status = "run", "me", False, "running"
    job: GanSpec = GAN


class _Service:
    def __init__(self, asked: list[Any], changes: dict[str, Any], live: bool) -> None:
        self.asked = asked
        self.told = {"event": "health_changed", "cure": "Slow D down", "changes": changes, "live": live}

    def history(self, _: str) -> dict[str, Any]:
        return {"events": [{"event": "gan_started"}, self.told]}

    def control(self, *order: Any) -> None:
        self.asked.append(order)

    def start(self, job: GanSpec, _: str) -> str:
        self.asked.append(("start", job))
        return "new"
