"""The GAN page: what its settings say, what is refused in words, and what a cure changes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from streamlit.testing.v1 import AppTest

from engine.gan.config import LIVE, GanSpec, change_config
from engine.gan.recipes import DEFAULT, RECIPES
from engine.network.spec import NetworkSpec, layer
from tests.ui.conftest import visitor
from ui import backend
from ui.gan.run import cure
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


@pytest.mark.parametrize("go", ["gan-go", "plane-go"])
def test_a_run_begins_at_the_pace_that_was_chosen_and_follows_it(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, go: str
) -> None:
    told: list[object] = []
    dispatch = backend.service()._dispatch
    monkeypatch.setattr(dispatch, "give", lambda run: None)
    monkeypatch.setattr(dispatch, "control", lambda run, action, value: told.append(value))
    if go == "plane-go":
        app.button_group(key="view").set_value("Two dimensions").run()
    pace = next(group for group in app.get("button_group") if group.key == f"{go}-pace")
    assert [option.content for option in pace.proto.options] == ["Full speed", "10 rounds/s", "1 round/s"]
    app.button_group(key=f"{go}-pace").set_value(1.0).run()
    assert told == []
    app.button(key=go).click().run()
    assert told == [("pace", 1.0)]
    app.button_group(key=f"{go}-pace").set_value(10.0).run()
    assert told == [("pace", 1.0), ("pace", 10.0)]


def test_networks_that_do_not_fit_are_told_in_words_and_cannot_start(app: AppTest) -> None:
    mute = replace(GAN.discriminator, layers=(*GAN.discriminator.layers[:-1], layer("Linear", units=1)))
    visitor(app).edit(mute)
    app.run()
    assert "is told which digit is meant" in app.warning[0].value
    assert app.button(key="gan-go").disabled
    assert recipe_of(visitor(app)) == OWN


def test_gans_of_the_visitors_own_stand_below_the_recipes(app: AppTest) -> None:
    wider = NetworkSpec((layer("Flatten"), *GAN.discriminator.layers), name="wider", role="discriminator")
    mine = replace(GAN, discriminator=wider, name="My GAN")
    visitor(app).load_gan(mine)
    visitor(app).load_gan(GAN)  # the one that it replaces is kept
    app.run()
    assert app.selectbox(key="gan-recipe").options[len(RECIPES) :] == ["Yours: My GAN"]
    app.selectbox(key="gan-recipe").select_index(len(RECIPES)).run()
    assert visitor(app).gan == mine
    assert app.selectbox(key="gan-recipe").value == visitor(app).gan_kept != ""


def test_what_can_change_while_it_trains_is_what_the_stream_takes() -> None:
    values = live_values(change_config(GAN.config, {"generator_lr": 0.01, "generator_steps": 3}))
    assert tuple(values) == tuple(LIVE)
    assert values["generator_lr"] == 0.01
    assert values["generator_steps"] == 3 and isinstance(values["generator_steps"], int)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is asked of a service whose only run is the visitor's and goes on."""
    asked: list[Any] = []
    for name in ("ui.gan.run", "ui.runs.run_page", "ui.runs.steering", "ui.state"):
        monkeypatch.setattr(f"{name}.service", lambda: _Service(asked))
    for name in ("ui.runs.run_page", "ui.runs.steering", "ui.state"):
        monkeypatch.setattr(f"{name}.owner", lambda: "me")
    monkeypatch.setattr("streamlit.query_params", {})
    return asked


def offer(monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], live: bool) -> None:
    told = {"event": "health_changed", "cure": "Slow D down", "changes": changes, "live": live}
    monkeypatch.setattr(_Service, "told", told)


@pytest.mark.parametrize("live", [True, False])
def test_a_cure_steers_the_run_or_starts_another_one(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, asked: list[Any], live: bool
) -> None:
    changes = {"discriminator_lr": 0.0005, "discriminator_steps": 2}
    offer(monkeypatch, changes, live)
    table = Session(visitor(app).network, visitor(app).config)
    assert cure(table) == ""
    assert table.gan.config == change_config(GAN.config, changes)
    assert asked == ([("run", "me", "set", item) for item in changes.items()] if live else [("start", table.gan)])
    assert table.gan_run_id == ("run" if live else "new")


def test_a_cure_may_be_another_recipe(app: AppTest, monkeypatch: pytest.MonkeyPatch, asked: list[Any]) -> None:
    offer(monkeypatch, {"recipe": "dcgan"}, live=False)
    assert cure(Session(visitor(app).network, visitor(app).config)) == ""
    assert asked == [("start", RECIPES["dcgan"].gan)]


class _Run:
    """As much of a run as a cure looks at."""

    id, kind, owner, is_over, status = "run", "gan", "me", False, "running"
    job: GanSpec = GAN


class _Service:
    told: ClassVar[dict[str, Any]] = {}
    shelf = SimpleNamespace(get=lambda *_: None, put=lambda *_: None)  # of a newcomer

    def __init__(self, asked: list[Any]) -> None:
        self.asked = asked

    def run(self, _: str) -> None:
        return None

    def runs(self, *_: Any, **__: Any) -> list[_Run]:
        return [_Run()]

    def history(self, _: str) -> dict[str, Any]:
        return {"events": [{"event": "gan_started"}, self.told]}

    def control(self, *order: Any) -> None:
        self.asked.append(order)

    def start(self, job: GanSpec, _owner: str, paused: bool, _address: str) -> str:
        assert not paused
        self.asked.append(("start", job))
        return "new"
