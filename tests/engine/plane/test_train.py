"""The GAN in the plane: it finds its clumps, its pictures say what the networks compute, and nothing odd gets in."""

import json
import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.catalogue.params import SpecError
from engine.gan.config import LIVE
from engine.gan.events import GanStep
from engine.gan.losses import GAN_LOSSES
from engine.plane.config import (
    PLANE_CODEC,
    PLANE_SETTINGS,
    TARGETS,
    PlaneGan,
    check_plane,
    points_from_json,
)
from engine.plane.events import PlaneFinished, PlaneStarted
from engine.plane.frame import CELLS, EXTENT, LEVELS, POINTS, frame, frame_bytes, measure_agreement, pushes, real_points
from engine.plane.train import PlaneEvent, make_plane, train_plane
from engine.training.events import Diverged, FrameDrawn, SettingChanged
from engine.training.streams import Controls

DOTS = ((-0.5, -0.5), (0.5, -0.5), (0.0, 0.6))
SMALL = PlaneGan(units=16, batch_size=32, steps=6)


def run(plane: PlaneGan, controls: Controls | None = None) -> list[PlaneEvent]:
    return [event for event in train_plane(plane, controls) if event]


def steps(events: list[PlaneEvent]) -> list[GanStep]:
    return [event for event in events if isinstance(event, GanStep)]


def frames(events: list[PlaneEvent]) -> list[dict[str, Any]]:
    return [json.loads(event.content) for event in events if isinstance(event, FrameDrawn)]


def points(flat: list[int]) -> Tensor:
    return torch.tensor(flat).view(-1, 2) / 1000


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_story_has_a_beginning_a_film_rounds_and_an_end() -> None:
    events = run(SMALL)
    first, last = events[0], events[-1]
    assert isinstance(first, PlaneStarted) and isinstance(last, PlaneFinished)
    assert first.generator_parameters == sum(w.numel() for w in make_plane(SMALL).generator.parameters())
    assert first.discriminator_parameters == sum(w.numel() for w in make_plane(SMALL).discriminator.parameters())
    assert (first.steps, first.modes, len(first.real)) == (6, 8, 400)
    film = [event for event in events if isinstance(event, FrameDrawn)]
    assert [event.frame for event in film] == list(range(1, len(film) + 1))
    assert (film[0].step, film[-1].step, film[0].media_type) == (0, 6, "application/json")
    assert [event.step for event in steps(events)] == [1, 2, 3, 4, 5, 6]
    assert all(event.trained == 3 and math.isfinite(event.d_loss + event.g_loss) for event in steps(events))
    assert (last.step, last.frames, last.stopped) == (6, len(film), False)


def test_it_finds_the_clumps_of_the_ring() -> None:
    last = run(PlaneGan(steps=1500))[-1]
    assert isinstance(last, PlaneFinished)
    assert last.modes_hit >= 7
    assert last.near > 0.75
    assert last.covered > 0.9


def test_real_points_agree_with_real_ones_and_a_collapsed_g_does_not() -> None:
    plane = PlaneGan()
    real = real_points(plane, 1000, chance())
    good = measure_agreement(plane, real_points(plane, 1000, chance(1)), real)
    assert good.near > 0.97 and good.covered > 0.97 and good.modes_hit == 8
    clump = real[(real - torch.tensor([0.75, 0.0])).norm(dim=1) < 0.15]
    collapsed = measure_agreement(plane, clump, real)
    assert collapsed.near > 0.97 and collapsed.modes_hit == 1
    assert collapsed.covered == pytest.approx(1 / 8, abs=0.03)
    nowhere = measure_agreement(plane, torch.zeros(100, 2), real)
    assert (nowhere.near, nowhere.covered, nowhere.modes_hit) == (0, 0, 0)


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_lies_in_the_square_and_around_its_centres(target: str) -> None:
    plane = PlaneGan(target, DOTS)
    real = real_points(plane, 2000, chance())
    assert real.shape == (2000, 2)
    assert real.abs().max() < 1.1
    assert real.abs().amax(0).min() > 0.35
    centres = DOTS if target == "drawn" else TARGETS[target].centres
    if centres:
        distances = torch.cdist(real, torch.tensor(centres)).amin(1)
        assert distances.square().mean().item() == pytest.approx(2 * TARGETS[target].spread ** 2, rel=0.1)


def test_minimax_hardly_pushes_where_d_is_sure_and_the_usual_loss_does() -> None:
    pushed = {}
    for loss in ("Minimax", "NonSaturating"):
        seen = frames(run(PLANE_CODEC.change(PlaneGan(), {"loss": loss, "generator_steps": 0, "steps": 300})))
        pushed[loss] = seen[-1]["push"]
        assert seen[0]["push"] == pytest.approx(0.18, abs=0.05)  # alike while D knows nothing
    assert pushed["NonSaturating"] > 20 * pushed["Minimax"]


def test_same_seed_same_rounds_alone_or_beside_others() -> None:
    alone = [repr(step) for step in steps(run(SMALL))]
    streams: list[Iterator[PlaneEvent | None]] = [
        train_plane(SMALL),
        train_plane(PLANE_CODEC.change(SMALL, {"seed": 5})),
    ]
    beside: list[list[str]] = [[], []]
    for pair in zip(*streams, strict=False):
        for events, event in zip(beside, pair, strict=True):
            if isinstance(event, GanStep):
                events.append(repr(event))
        torch.rand(3)
    assert beside[0] == alone
    assert beside[1] != alone


def test_the_heat_map_is_what_d_says() -> None:
    models = make_plane(PlaneGan(seed=4))
    content = frame(PlaneGan(), models.generator, models.discriminator, torch.randn(50, 2), torch.zeros(5, 2))
    for row, column in ((0, 0), (3, 20), (CELLS - 1, 7)):
        side = 2 * EXTENT / CELLS
        place = torch.tensor([[-EXTENT + (column + 0.5) * side, EXTENT - (row + 0.5) * side]])
        said = models.discriminator(place).sigmoid().item()
        level = LEVELS.index(content["verdict"][row * CELLS + column]) / 63
        assert level == pytest.approx(said, abs=0.5 / 63 + 1e-6)


@pytest.mark.parametrize("loss", GAN_LOSSES)
def test_arrows_point_down_g_s_loss(loss: str) -> None:
    choice = PLANE_CODEC.change(PlaneGan(), {"loss": loss}).loss
    judge = make_plane(PlaneGan(seed=4)).discriminator.double()
    made = torch.tensor([[0.31, -0.4], [-0.7, 0.22]], dtype=torch.float64)
    losses = {
        "NonSaturating": lambda s: -s.sigmoid().log(),
        "Minimax": lambda s: (1 - s.sigmoid()).log(),
        "LeastSquares": lambda s: (s - 1) ** 2,
        "Hinge": lambda s: -s,
        "WassersteinGP": lambda s: -s,
    }
    arrows, little = pushes(choice, judge, made), 1e-6
    for i, point in enumerate(made):
        for axis in range(2):
            ahead, behind = point.clone(), point.clone()
            ahead[axis] += little
            behind[axis] -= little
            slope = (losses[loss](judge(ahead)) - losses[loss](judge(behind))).item() / (2 * little)
            assert arrows[i, axis].item() == pytest.approx(-slope, rel=1e-3, abs=1e-7)


def test_the_frame_shows_where_g_puts_points() -> None:
    plane, z = PlaneGan(seed=1), torch.randn(1000, 2, generator=chance())
    models = make_plane(plane)
    made = models.generator(z).detach()
    content = frame(plane, models.generator, models.discriminator, z, real_points(plane, 500, chance()))
    assert torch.allclose(points(content["made"]), made[:POINTS], atol=6e-4)
    x, y = made[:, 0], made[:, 1]
    fullest = LEVELS.index(max(content["density"], key=LEVELS.index))
    place = content["density"].index(LEVELS[fullest])
    left, top = -EXTENT + place % CELLS * 2 * EXTENT / CELLS, EXTENT - place // CELLS * 2 * EXTENT / CELLS
    side = 2 * EXTENT / CELLS
    inside = (x >= left) & (x < left + side) & (y <= top) & (y > top - side)
    assert fullest == 63 and inside.sum() > 1000 / CELLS**2


@pytest.mark.parametrize("z", [1, 2, 5])
def test_a_frame_stays_small_and_has_the_lines_of_z(z: int) -> None:
    plane = PlaneGan(z=z, units=128)
    models = make_plane(plane)
    for weights in (*models.generator.parameters(), *models.discriminator.parameters()):
        weights.data *= 5  # far out, with steep slopes: every number as long as it gets
    content = frame(plane, models.generator, models.discriminator, torch.randn(1000, z), torch.zeros(500, 2))
    assert len(frame_bytes(content)) < 8000
    assert len(content["lines"]) % (2 * content["line"]) == 0


def test_one_side_alone_learns_when_it_is_asked() -> None:
    for order, trained in (("step_d", 1), ("step_g", 2)):
        models = make_plane(SMALL)
        before = [[w.clone() for w in side.parameters()] for side in (models.discriminator, models.generator)]
        stream = train_plane(SMALL, Controls(order=order), models)  # type: ignore[arg-type]
        told = list(islice((event for event in stream if event), 4))
        done = told[-1]
        assert isinstance(told[-2], FrameDrawn) and isinstance(done, GanStep)
        after = [list(side.parameters()) for side in (models.discriminator, models.generator)]
        same = [all(map(torch.equal, a, b)) for a, b in zip(before, after, strict=True)]
        assert done.trained == trained
        assert same == [trained != 1, trained != 2]


def test_settings_change_while_it_trains() -> None:
    controls = Controls()
    stream = train_plane(PLANE_CODEC.change(SMALL, {"steps": 50}), controls)
    while not isinstance(next(stream), GanStep):
        pass
    controls.changes = {"generator_lr": 0.05, "discriminator_steps": 0.0}
    told = list(islice((event for event in stream if event), 3))
    changes = {event.name: event.value for event in told if isinstance(event, SettingChanged)}
    assert changes == {"generator_lr": 0.05, "discriminator_steps": 0.0}
    (done,) = steps(told)
    assert (done.g_lr, done.trained) == (0.05, 2)
    assert all(name in PLANE_SETTINGS for name in LIVE)


def test_stop_ends_it_with_its_figures() -> None:
    controls = Controls()
    stream = train_plane(PlaneGan(), controls)
    while not isinstance(next(stream), GanStep):
        pass
    controls.stop = True
    last = list(stream)[-1]
    assert isinstance(last, PlaneFinished)
    assert (last.step, last.stopped) == (1, True)


@pytest.mark.parametrize("loss", GAN_LOSSES)
def test_every_loss_trains(loss: str) -> None:
    plane = PLANE_CODEC.change(
        SMALL, {"loss": loss, "instance_noise": 0.1, "label_smoothing": 0.1, "discriminator_steps": 2}
    )
    last = steps(run(plane))[-1]
    assert all(math.isfinite(value) for value in (last.d_loss, last.g_loss, last.real, last.made))
    assert last.d_gradient > 0 and last.g_gradient > 0


def test_figures_that_are_no_numbers_end_it_in_words() -> None:
    models = make_plane(SMALL)
    with torch.no_grad():
        next(models.generator.parameters()).fill_(math.nan)
    events = [event for event in train_plane(SMALL, models=models) if event]
    last = events[-1]
    assert isinstance(last, Diverged)
    assert "round 1" in str(last.why) and "learning rates" in str(last.cure)
    assert all(set(content["made"]) == {0} for content in frames(events))  # a film that JSON can carry


def test_json_brings_a_plane_back() -> None:
    plane = PLANE_CODEC.change(
        PlaneGan(), {"target": "drawn", "points": DOTS, "loss": "Hinge", "z": 1, "units": 20, "seed": 9}
    )
    assert PLANE_CODEC.from_json(json.loads(json.dumps(PLANE_CODEC.to_json(plane)))) == plane
    assert PLANE_CODEC.from_json({}) == PlaneGan()
    check_plane(plane)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"target": "star"},
        {"target": ["ring"]},
        {"units": 4096},
        {"units": 8.5},
        {"layers": True},
        {"z": 0},
        {"steps": 10**9},
        {"generator_lr": math.nan},
        {"discriminator_steps": 21},
        {"loss": "Hinge"},
        {"loss": {"kind": "Hinge", "os": "system"}},
        {"points": "abc"},
        {"points": [[0, 0]] * 501},
        {"points": [[0, 2]]},
        {"points": [[0, math.nan]]},
        {"points": [[0, math.inf]]},
        {"points": [[0, True]]},
        {"points": [[0, 0, 0]]},
        {"points": [0, 0]},
        {"__class__": "x"},
        {1: 2},
    ],
)
def test_untrusted_json_is_refused_in_words(data: object) -> None:
    with pytest.raises(SpecError) as error:
        PLANE_CODEC.from_json(data)
    assert error.value.what and error.value.cure


def test_what_cannot_be_trained_says_why() -> None:
    with pytest.raises(SpecError, match="nothing drawn"):
        check_plane(PlaneGan("drawn", DOTS[:2]))
    with pytest.raises(SpecError, match="Neither D nor G"):
        check_plane(PlaneGan(discriminator_steps=0, generator_steps=0))
    assert points_from_json([[0.12345, -1], [1, 0]]) == ((0.123, -1.0), (1.0, 0.0))
