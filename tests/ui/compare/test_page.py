"""The page "Runs": which runs are compared, what they differ in, and what an experiment starts."""

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from engine.runs.info import RunInfo
from engine.training.experiments import EXPERIMENTS
from engine.training.kind import Classification
from engine.training.presets import PRESETS, optimizer
from ui import backend
from ui.compare.differences import differences
from ui.compare.view import judged

MLP = PRESETS["mlp"]


@pytest.fixture
def app(untrained: AppTest) -> AppTest:
    return untrained.switch_page("../pages/runs.py").run()


def compared(app: AppTest) -> tuple[str, ...]:
    chosen: tuple[str, ...] = app.session_state["playground"].compared
    return chosen


def start(app: AppTest, name: str) -> AppTest:
    app.query_params["experiment"] = name
    app.run()
    return app.button(key=f"begin-{name}").click().run()


def test_an_experiment_starts_all_its_trainings_and_compares_them(app: AppTest) -> None:
    start(app, "vanishing")
    assert not app.exception and len(compared(app)) == 3
    jobs = [backend.service().run(run_id) for run_id in compared(app)]
    assert [run.job.network for run in jobs if run] == [network for network, _ in EXPERIMENTS["vanishing"].trainings]
    assert app.query_params["runs"] == ",".join(compared(app))


def test_a_run_is_chosen_and_left_out_by_its_box(app: AppTest) -> None:
    start(app, "vanishing")
    first, *others = compared(app)
    app.query_params.pop("experiment")
    app.session_state["compare-tabs"] = "Your runs"
    app.run()
    app.checkbox(key=f"compare-{first}").uncheck().run()
    assert compared(app) == tuple(others)
    app.checkbox(key=f"compare-{first}").check().run()
    assert compared(app) == (*others, first)
    app.button(key="compare-clear").click().run()
    assert compared(app) == () and "runs" not in app.query_params and not app.checkbox(key=f"compare-{first}").value


def test_an_address_with_strange_runs_shows_none(app: AppTest) -> None:
    app.query_params["runs"] = "nothing,../x," + ",".join(map(str, range(500)))
    app.run()
    assert not app.exception and len(compared(app)) == 8


def test_an_experiment_that_does_not_fit_any_more_is_refused_whole(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []
    monkeypatch.setattr(backend.service()._dispatch, "control", lambda run, action, value: ended.append(action))
    for _ in range(5):
        start(app, "vanishing")
    before = compared(app)
    app.button(key="begin-vanishing").click().run()  # one visitor may have 16 runs at once
    assert len(app.warning) == 1 and compared(app) == before and ended == ["stop"]


def a_run(name: str, accuracy: float | None, **settings: Any) -> RunInfo:
    job = Classification(replace(MLP.network, name=name), replace(MLP.config, **settings))
    done = None if accuracy is None else {"test_accuracy": accuracy, "train_seconds": 2.0}
    return RunInfo(name, "", 0.0, name, job, "finished" if done else "running", 1, done, 101_770)


def test_what_differs_leaves_out_what_is_the_same(app: AppTest) -> None:
    one, other = a_run("one", 0.9), a_run("other", 0.9, optimizer=optimizer("SGD", lr=0.5), batch_size=256)
    rows = differences([one, other])
    assert rows["Batch size"] == [str(MLP.config.batch_size), "256"] and rows["Network"] == ["one", "other"]
    assert not {"Epochs", "Layers", "Test accuracy", "Training time"} & set(rows)


def test_the_guess_is_judged_once_all_are_over(app: AppTest) -> None:
    runs = [a_run("one", 0.9), a_run("other", 0.95)]
    assert judged("other", runs) == "**You guessed it: other reads best, 95.0 % of the test pictures.**"
    assert judged("one", runs).startswith("**You guessed one. other reads best")
    assert judged("other", [*runs, a_run("third", None)]) == ""
