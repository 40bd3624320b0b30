"""The page "Runs": which runs are compared, what they differ in, and what an experiment starts."""

import math
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from engine.runs.info import RunInfo
from engine.training.experiments import EXPERIMENTS
from engine.training.kind import Classification
from engine.training.presets import PRESETS, optimizer
from tests.ui.conftest import visitor
from ui import backend
from ui.compare.differences import differ_by_chance, differences
from ui.compare.scatter import ALL, _heights, _written
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


def stored(app: AppTest, count: int) -> list[RunInfo]:
    """Runs of the visitor that are over, the best first."""
    owner, infos = visitor(app).visitor, []
    for number in range(count):
        made = replace(a_run(f"Net{number}", 0.9 - number / 100, epochs=number + 1), owner=owner, created=1.0 + number)
        infos.append(made)
    assert backend.service()._store.write(infos, [], [])
    return infos


def test_a_run_is_deleted_and_brought_back(app: AppTest) -> None:
    first, second = stored(app, 2)
    app.run()
    app.checkbox(key=f"compare-{first.id}").check().run()
    app.button(key=f"delete-{first.id}").click().run()
    assert compared(app) == () and not [box for box in app.checkbox if box.key == f"compare-{first.id}"]
    assert [run.id for run in backend.service().runs(visitor(app).visitor)] == [second.id]
    app.button(key="undelete").click().run()
    assert app.checkbox(key=f"compare-{first.id}") and not [one for one in app.button if one.key == "undelete"]


def test_a_run_that_trains_is_not_deleted(app: AppTest) -> None:
    start(app, "vanishing")
    app.query_params.pop("experiment")
    app.session_state["compare-tabs"] = "Your runs"
    app.run()
    assert app.button(key=f"delete-{compared(app)[0]}").disabled


def test_runs_stand_as_points_over_what_one_chooses(app: AppTest) -> None:
    app.session_state["compare-tabs"] = "Accuracy over ..."
    app.run()
    assert any("Once two of your runs" in one.value for one in app.caption)
    stored(app, 3)
    app.run()
    assert any("Net0 reads best" in one.value for one in app.caption)
    for over in ("epochs", ALL):
        app.segmented_control(key="scatter-over").set_value(over).run()
        assert not app.exception


def test_whole_numbers_are_written_as_they_are() -> None:
    assert (_written(13_162), _written(60_000.0), _written(2.59871), _written(97.9912)) == (
        *("13,162", "60,000", "2.599", "97.99"),
    )


def test_values_stand_on_an_axis_from_least_to_largest() -> None:
    assert _heights([2.0, 4.0, 3.0]) == [0.0, 1.0, 0.5]
    assert _heights([0.001, 0.1, 0.01]) == pytest.approx([0.0, 1.0, 0.5])  # far apart: logarithmic
    assert _heights([7.0, 7.0]) == [0.5, 0.5]
    low, none = _heights([1.0, math.nan])
    assert low == 0.5 and math.isnan(none)


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


def test_folds_and_seeds_differ_by_chance_and_nothing_else_does(app: AppTest) -> None:
    folds = [a_run(f"fold {fold}", 0.9, fold=fold, validation_share=0.2, seed=fold) for fold in (1, 2, 3)]
    assert differ_by_chance(folds)
    assert not differ_by_chance(folds[:1]) and not differ_by_chance([*folds, a_run("other", 0.9)])


def test_the_guess_is_judged_once_all_are_over(app: AppTest) -> None:
    runs = [a_run("one", 0.9), a_run("other", 0.95)]
    assert judged("other", runs) == "**You guessed it: other reads best, 95.0 % of the test pictures.**"
    assert judged("one", runs).startswith("**You guessed one. other reads best")
    assert judged("other", [*runs, a_run("third", None)]) == ""
