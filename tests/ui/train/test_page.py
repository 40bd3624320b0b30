"""The Train page, driven through Streamlit's own test runner."""

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import choose
from engine.network.build import build
from engine.network.spec import layer, plan
from engine.runs.info import RunInfo
from engine.runs.results import save_result
from engine.training.architectures import ARCHITECTURES
from engine.training.kind import Classification, go_on
from engine.training.presets import PRESETS
from engine.training.saving import weights_bytes
from tests.ui.conftest import visitor
from ui import backend
from ui.build.own_networks import own_classifiers, own_titles
from ui.train.run import advised_rate, does_not_learn, goes_on_from

MLP = PRESETS["mlp"]
CHANGED = replace(MLP.network, layers=(layer("Flatten"), layer("Linear", units=50), layer("Linear", units=10)))


@pytest.fixture
def app(home: AppTest) -> AppTest:
    """A visitor on the Train page."""
    return home.switch_page("../pages/train.py").run()


def test_a_known_network_from_the_build_page_is_in_the_list_by_its_name_and_none_of_ones_own(app: AppTest) -> None:
    known = ARCHITECTURES["resnet56"]
    visitor(app).load(known.network, known.config)
    app.run()
    assert app.selectbox(key="train-network").options == [*(p.network.name for p in PRESETS.values()), "ResNet-56"]
    app.selectbox(key="train-network").select("cnn").run()
    assert app.selectbox(key="train-network").options == [preset.network.name for preset in PRESETS.values()]


def test_a_network_of_ones_own_stays_in_the_list_when_a_preset_is_picked(app: AppTest) -> None:
    visitor(app).load(CHANGED, MLP.config)
    app.run()
    assert app.selectbox(key="train-network").options[-1] == "MLP, as built"
    app.selectbox(key="train-network").select("cnn").run()
    assert app.selectbox(key="train-network").options[-1] == "Yours: MLP"
    assert visitor(app).network == PRESETS["cnn"].network
    (place,) = own_titles(own_classifiers(visitor(app)))
    app.selectbox(key="train-network").select(place).run()
    assert visitor(app).network == CHANGED
    assert app.selectbox(key="train-network").value == place
    assert "Yours: MLP" in app.selectbox(key="train-network").options


def test_what_is_trained_stays_in_the_list(app: AppTest) -> None:
    visitor(app).load(CHANGED, MLP.config)
    app.button(key="run-go").click().run()
    app.selectbox(key="train-network").select("quick").run()
    assert list(own_titles(own_classifiers(visitor(app))).values()) == ["Yours: MLP"]


def test_no_two_in_the_list_are_called_alike(app: AppTest) -> None:
    for units in (20, 30, 40):
        layers = (layer("Flatten"), layer("Linear", units=units), layer("Linear", units=10))
        visitor(app).load(replace(CHANGED, layers=layers), MLP.config)
    visitor(app).keep()
    assert list(own_titles(own_classifiers(visitor(app))).values()) == [
        "Yours: MLP",
        "Yours: MLP (2)",
        "Yours: MLP (3)",
    ]


def test_a_run_begins_at_the_pace_that_was_chosen_and_follows_it(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    dispatch = backend.service()._dispatch
    monkeypatch.setattr(dispatch, "give", lambda run: None)
    monkeypatch.setattr(dispatch, "control", lambda run, action, value: told.append(value))
    pace = app.get("button_group")[0]
    assert [option.content for option in pace.proto.options] == ["Full speed", "10 steps/s", "1 step/s", "Slow motion"]
    app.button_group(key="run-go-pace").set_value(10.0).run()
    assert told == []
    app.button(key="run-go").click().run()
    assert told == [("pace", 10.0)]
    app.button_group(key="run-go-pace").set_value(1.0).run()
    assert told == [("pace", 10.0), ("pace", 1.0)]
    app.switch_page("../pages/build.py").run()
    app.button(key="train").click().run()
    assert told == [("pace", 10.0), ("pace", 1.0), ("pace", 1.0)]
    assert app.session_state["playground"].run_id
    app.switch_page("../pages/train.py").run()
    app.button_group(key="run-go-pace").set_value(None).run()  # as a forged message has it
    assert not app.exception and told[3:] == [("pace", 0.0)]


def test_what_does_not_learn_is_offered_again_with_a_rate_that_was_tried(app: AppTest) -> None:
    sgd = choose(OPTIMIZERS, "SGD", {}, "").but(lr=10.0)
    job = Classification(MLP.network, replace(MLP.config, optimizer=sgd))
    run = RunInfo("one", "", 0.0, "MLP", job, "diverged", 1, None, 1, step=20)
    assert does_not_learn(run) and advised_rate(run) == 0.01
    poor = replace(run, status="finished", finished={"test_accuracy": 0.37}, step=4000)
    assert does_not_learn(poor) and not does_not_learn(replace(poor, step=20))
    assert not does_not_learn(replace(poor, finished={"test_accuracy": 0.92}))
    assert advised_rate(replace(poor, changed=(("lr", 1, 0.01),))) == 0.001


def finished(owner: str, status: Any = "finished") -> RunInfo:
    """A stored run with its weights and its newest learning rate."""
    job = Classification(MLP.network, MLP.config)
    figures = dict.fromkeys(("test_loss", "train_seconds", "samples_per_second"), 0.1)
    done = {"step": 4300, "test_accuracy": 0.979, "confusion": [[1] * 10] * 10, **figures}
    changed = (("lr", 1, 0.002),)
    run = RunInfo("run-17", owner, 1.0, "MLP", job, status, 1, done, 101_770, step=4300, changed=changed)
    save_result(run, weights_bytes(build(plan(MLP.network))))
    assert backend.service()._store.write([run], [], [])
    return run


def test_a_finished_run_of_ones_own_can_train_five_more_epochs(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(backend.service()._dispatch, "give", begun.append)
    run, table = finished(visitor(app).visitor), visitor(app).network
    app.query_params["run"] = run.id
    app.run()
    assert "The optimizer and the schedule start anew." in str([caption.value for caption in app.caption])
    app.button(key="run-more").click().run()
    (more,) = begun
    assert more.job == go_on(run.job, run.id, 0.979, 0.002, 5) and more.source
    assert app.query_params["run"] == more.id and visitor(app).network == table
    info = backend.service().run(more.id)
    assert info and goes_on_from(info) == "It goes on from MLP at 97.9 %."


@pytest.mark.parametrize(("owner", "status"), [("someone else", "finished"), ("", "stopped")])
def test_no_other_run_can(app: AppTest, owner: str, status: str) -> None:
    app.query_params["run"] = finished(owner or visitor(app).visitor, status).id
    app.run()
    assert "run-more" not in [button.key for button in app.button]


def test_a_run_is_named_and_starred_in_the_list_of_earlier_ones(app: AppTest) -> None:
    older = finished(visitor(app).visitor)
    assert backend.service()._store.write([replace(older, id="run-18", created=2.0)], [], [])
    app.session_state["run-tabs"] = "Earlier runs"
    app.query_params["run"] = older.id
    app.run()
    app.text_input(key="run-name-run-17").input("Anna's *best*").run()
    app.toggle(key="run-star-run-17").set_value(True).run()
    first, second = (button.label for button in app.button if (button.key or "").startswith("classifier-earlier-"))
    assert first.startswith(":material/star: **97.9 %**") and r"Anna's \*best\*" in first and "MLP" in second
    run = backend.service().run(older.id)
    assert run and run.own_name == "Anna's *best*" and run.starred
