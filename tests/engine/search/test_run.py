"""A search finds good settings, ends what is behind, goes on where it was cut off, and takes no nonsense."""

from dataclasses import replace
from typing import Any

import pytest

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import SpecError, choose
from engine.data.mnist import load_mnist
from engine.kinds import check_job, job_from_json, job_to_json
from engine.network.spec import NetworkSpec, layer
from engine.search.config import SEARCH_CODEC, SPACE, Search, can_vary
from engine.search.events import SearchEvent, SearchFinished, SearchStarted, TrialDone
from engine.search.run import AT_RANDOM, run_search
from engine.training.config import TrainConfig
from engine.training.saving import state_bytes, state_from_bytes
from engine.training.streams import Controls, State

LINEAR = NetworkSpec((layer("Flatten"), layer("Dropout", p=0.1), layer("Linear", units=10)), name="Linear")
CONFIG = TrainConfig(optimizer=choose(OPTIMIZERS, "SGD", {"lr": 0.1}, ""))
SEARCH = Search(LINEAR, CONFIG, ("lr", "batch_size"), trials=8, epochs=2, images=300, seed=1)


def run(search: Search = SEARCH, **more: Any) -> list[SearchEvent]:
    return [event for event in run_search(search, load_mnist(), **more) if event]


def trials(events: list[SearchEvent]) -> list[TrialDone]:
    return [replace(event, seconds=0.0) for event in events if isinstance(event, TrialDone)]


def last(events: list[SearchEvent]) -> SearchFinished:
    assert isinstance(events[-1], SearchFinished)
    return replace(events[-1], seconds=0.0)


def test_search_finds_a_rate_that_learns_and_says_which_trial_it_was() -> None:
    events = run(replace(SEARCH, trials=16))
    first, done, end = events[0], trials(events), last(events)
    assert isinstance(first, SearchStarted) and (first.trials, first.varied) == (16, ("lr", "batch_size"))
    assert [one.trial for one in done] == list(range(1, 17)) and not end.stopped
    whole = [one for one in done if one.ended == "done"]
    best = max(whole, key=lambda one: one.accuracy)
    assert (end.best, end.accuracy) == (best.trial, best.accuracy) and best.accuracy > 0.6
    assert {one.ended for one in done} >= {"done", "pruned"}
    assert all(one.epoch < 2 for one in done if one.ended == "pruned")
    assert sum(end.importances.values()) == pytest.approx(1, abs=1e-3)
    assert end.importances["lr"] > end.importances["batch_size"]  # from 0.001 to 10 it decides


def test_values_stay_within_what_the_catalogue_allows_and_are_what_was_trained_with() -> None:
    for one in trials(run(replace(SEARCH, varied=tuple(SPACE), trials=6))):
        assert list(one.values) == list(SPACE)
        network, config = replace(SEARCH, varied=tuple(SPACE)).trial(one.values)
        assert config.optimizer.kind == one.values["optimizer"] and config.optimizer["lr"] == one.values["lr"]
        assert OPTIMIZERS[config.optimizer.kind].params["lr"].low <= one.values["lr"] <= 10
        assert (config.batch_size, config.schedule.kind) == (one.values["batch_size"], one.values["schedule"])
        assert (config.l2, config.rotation_range) == (one.values["l2"], one.values["rotation_range"])
        assert network.layers[1]["p"] == one.values["dropout"]
        assert config.optimizer.get("momentum") == (
            0.9 if one.values["optimizer"] == "SGD" else config.optimizer.get("momentum")
        )


def test_same_seed_same_trials_another_seed_others() -> None:
    assert trials(run()) == trials(run()) != trials(run(replace(SEARCH, seed=2)))


@pytest.mark.parametrize("cut", [1, AT_RANDOM + 2])
def test_goes_on_after_the_newest_trial_as_if_it_had_never_stopped(cut: int) -> None:
    whole, stream, before = run(), run_search(SEARCH, load_mnist()), list[SearchEvent]()
    while len(trials(before)) < cut:
        before += [event for event in [next(stream)] if event]
    state = stream.state()
    assert state
    after = run(resume=state_from_bytes(state_bytes(state)))
    assert trials(before) + trials(after) == trials(whole) and last(after) == last(whole)


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        [3],
        [{"params": {"lr": 1.0}, "reports": [], "ended": "done", "accuracy": 0.5}],
        [{"params": {"lr": 1.0, "batch_size": 7}, "reports": [0.5], "ended": "done", "accuracy": 0.5}],
        [{"params": {"lr": "x", "batch_size": 16}, "reports": [0.5], "ended": "done", "accuracy": 0.5}],
        [{"params": {"lr": 1.0, "batch_size": 16}, "reports": ["x"], "ended": "done", "accuracy": 0.5}],
        [{"params": {"lr": 1.0, "batch_size": 16}, "reports": [], "ended": "?", "accuracy": 0.5}],
    ],
)
def test_damaged_state_is_refused(told: Any) -> None:
    with pytest.raises(SpecError):
        run(resume=State(facts={"seconds": 0.0, "trials": told}))


def test_stop_ends_it_at_once_and_what_is_done_counts() -> None:
    controls, events = Controls(), list[SearchEvent]()
    for event in run_search(SEARCH, load_mnist(), controls):
        events += [event] if event else []
        controls.stop = len(trials(events)) == 2
    assert last(events).stopped and last(events).trials == 2 and len(trials(events)) == 2


def test_a_rate_that_diverges_is_a_trial_like_any_other() -> None:
    wild = replace(SEARCH, config=replace(CONFIG, optimizer=CONFIG.optimizer.but(lr=10.0)), varied=("lr",), trials=12)
    ended = [one.ended for one in trials(run(wild))]
    assert "done" in ended and len(ended) == 12


@pytest.mark.parametrize("varied", [[], ["depth"], "lr", [3], None])
def test_what_cannot_be_varied_is_refused(varied: Any) -> None:
    with pytest.raises(SpecError):
        SEARCH_CODEC.from_json(SEARCH_CODEC.to_json(SEARCH) | {"varied": varied})


def test_dropout_is_varied_only_where_there_is_one() -> None:
    without = replace(LINEAR, layers=(LINEAR.layers[0], LINEAR.layers[2]))
    assert "dropout" in can_vary(LINEAR) and "dropout" not in can_vary(without)
    with pytest.raises(SpecError, match="Dropout"):
        check_job(replace(SEARCH, network=without, varied=("dropout",)))


def test_a_search_survives_json_and_is_checked_with_its_largest_batch() -> None:
    assert job_from_json(job_to_json(SEARCH)) == SEARCH
    check_job(SEARCH)
    assert SEARCH.largest_batch == 512 and replace(SEARCH, varied=("lr",)).largest_batch == CONFIG.batch_size
    with pytest.raises(SpecError):
        check_job(replace(SEARCH, images=70_000))
