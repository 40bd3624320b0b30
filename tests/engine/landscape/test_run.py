"""The loss around trained weights: its directions, its middle, its rows, and that it goes on where it was cut off."""

from dataclasses import replace
from itertools import takewhile
from typing import Any

import pytest
import torch

from engine.catalogue.params import SpecError
from engine.data.batches import shuffle
from engine.data.mnist import load_mnist, normalise, split
from engine.kinds import job_from_json, job_to_json
from engine.landscape.config import PICTURES, Landscape
from engine.landscape.events import LandscapeEvent, LandscapeFinished, LandscapeStarted, RowSeen
from engine.landscape.kind import LANDSCAPE
from engine.landscape.run import directions, look_around
from engine.network.build import build
from engine.network.spec import plan
from engine.training.config import Source, TrainConfig
from engine.training.objective import loss_function
from engine.training.presets import PRESETS
from engine.training.saving import weights_bytes
from engine.training.streams import Controls

NETWORK, DATA = PRESETS["quick"].network, load_mnist()
WANTED = Landscape(NETWORK, TrainConfig(images=2000, epochs=1), Source("before", 0.98, 1), points=5)


def seen(wanted: Landscape = WANTED, controls: Controls | None = None, resume: Any = None) -> list[LandscapeEvent]:
    stream = look_around(build(plan(NETWORK), 3), wanted, DATA, controls, resume)
    return [event for event in stream if event is not None]


def test_each_filter_of_a_direction_is_as_long_as_the_network_s() -> None:
    weights = {name: weight.detach() for name, weight in build(plan(NETWORK), 3).named_parameters()}
    found = directions(weights, torch.Generator().manual_seed(0))
    assert set(found) == {name for name, weight in weights.items() if weight.dim() > 1}
    for name, direction in found.items():
        torch.testing.assert_close(direction.flatten(1).norm(dim=1), weights[name].flatten(1).norm(dim=1))
    other = directions(weights, torch.Generator().manual_seed(1))
    assert all(not torch.equal(found[name], other[name]) for name in found)


def test_the_middle_is_the_loss_of_the_network_and_every_place_that_of_moved_weights() -> None:
    events = seen()
    assert isinstance(events[0], LandscapeStarted) and events[0].axis == (-1.0, -0.5, 0.0, 0.5, 1.0)
    rows = {event.row: event.losses for event in events if isinstance(event, RowSeen)}
    assert [event.row for event in events if isinstance(event, RowSeen)] == [2, 1, 3, 0, 4], "the middle first"

    model = build(plan(NETWORK), 3).eval()
    trained, _ = split(WANTED.config, DATA.train_labels, 10)
    chosen = trained[shuffle(len(trained), 0, 0)[:PICTURES]]
    images, labels = normalise(DATA.train_images[chosen]), DATA.train_labels[chosen]
    loss_of = loss_function(WANTED.config.loss, probabilities=False)
    with torch.no_grad():
        here = float(loss_of(model(images), labels))
        dice = torch.Generator().manual_seed(0)
        weights = {name: weight.detach().clone() for name, weight in model.named_parameters()}
        first, second = (directions(weights, dice) for _ in range(2))
        for name, weight in model.named_parameters():
            if name in first:
                weight.copy_(weights[name] + 0.5 * first[name] - 1.0 * second[name])
        moved = float(loss_of(model(images), labels))
    assert rows[2][2] == pytest.approx(here, rel=1e-4)
    assert rows[0][3] == pytest.approx(moved, rel=1e-4)
    end = events[-1]
    assert isinstance(end, LandscapeFinished) and end.centre == rows[2][2] and end.edge is not None


def test_it_goes_on_after_each_row_where_it_was_cut_off() -> None:
    whole = [event for event in seen() if isinstance(event, RowSeen)]
    for cut in range(1, len(whole)):
        stream = look_around(build(plan(NETWORK), 3), WANTED, DATA)
        before = list(takewhile(lambda event, cut=cut: event != whole[cut - 1], stream))  # type: ignore[misc]
        assert not any(isinstance(event, RowSeen) and event.row == whole[cut - 1].row for event in before)
        state = stream.state()
        rest = [event for event in seen(resume=state) if isinstance(event, RowSeen)]
        assert rest == whole[cut:]


def test_a_stop_ends_it_soon_and_what_was_seen_stands() -> None:
    controls = Controls()
    stream = look_around(build(plan(NETWORK), 3), WANTED, DATA, controls)
    events = []
    for event in stream:
        events += [event] if event is not None else []
        controls.stop = controls.stop or isinstance(event, RowSeen)
    end = events[-1]
    assert isinstance(end, LandscapeFinished) and end.stopped and end.centre is not None
    assert len([event for event in events if isinstance(event, RowSeen)]) == 1


def test_jobs_are_read_checked_and_begun_with_the_weights_of_their_run() -> None:
    assert job_from_json(job_to_json(WANTED)) == WANTED
    for bad in (replace(WANTED, points=6), replace(WANTED, source=None)):
        with pytest.raises(SpecError):
            LANDSCAPE.check(bad)
    assert LANDSCAPE.needs(WANTED) == "before"
    with pytest.raises(SpecError):
        LANDSCAPE.begin(WANTED, None, None)
    built = LANDSCAPE.begin(WANTED, weights_bytes(build(plan(NETWORK), 3)), None)
    assert [event for event in built.stream if isinstance(event, RowSeen)] == [
        event for event in seen() if isinstance(event, RowSeen)
    ]
