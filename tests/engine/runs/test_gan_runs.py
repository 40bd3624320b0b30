"""GANs through the service with real worker processes: their rounds, film and weights, and what steers them."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
import torch

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist
from engine.gan.config import GanSpec
from engine.gan.events import GanStep
from engine.gan.kind import EXAMPLE_GAN
from engine.gan.recipes import RECIPES
from engine.gan.sampling import draw, fixed_z, make_gan
from engine.gan.train import train_gan
from engine.network.build import seeded
from engine.network.spec import NetworkSpec, layer
from engine.plane.config import PlaneGan
from engine.runs.service import RunService
from engine.study.config import Study
from engine.training.kind import EXAMPLE, Classification
from engine.training.presets import PRESETS
from engine.training.streams import Controls
from tests.engine.runs.conftest import OWNER, PATIENCE, Read, on_the_wire, until
from tests.engine.runs.gans import LONG, TINY, Z, tiny

MLP = PRESETS["mlp"]
CLASSIFIER = Classification(MLP.network, replace(MLP.config, images=2000, epochs=100))


@pytest.fixture
def paused(service: RunService, read: Read) -> Iterator[str]:
    """A GAN that was begun paused and has drawn its first frame."""
    run_id = service.start(LONG, OWNER, paused=True)
    read(run_id, lambda reading: bool(reading.named("frame_drawn")))
    yield run_id
    service.control(run_id, OWNER, "stop")


def rounds(service: RunService, run_id: str, column: str = "step") -> list[float]:
    found: list[float] = service.history(run_id).get("steps", {}).get(column, [])
    return found


def stepped(service: RunService, read: Read, run_id: str, count: int) -> dict[str, list[float]]:
    """The columns of a run once it has gone so many rounds and has not gone on."""
    read(run_id, lambda reading: len(reading.column("step")) >= count)
    service.control(run_id, OWNER, "pause")
    columns: dict[str, list[float]] = service.history(run_id)["steps"]
    return columns


def test_a_gan_draws_plays_its_rounds_and_finishes(service: RunService, read: Read) -> None:
    run_id = service.start(TINY, OWNER)
    reading = read(run_id)
    names = [event["event"] for event in reading.events]
    assert names[:3] == ["status_changed", "gan_started", "frame_drawn"]
    assert reading.column("step") == list(range(1, 41))
    assert reading.statuses == ["running", "finished"]
    info = service.run(run_id)
    assert info and (info.kind, info.job, info.name, info.status) == ("gan", TINY, "Tiny", "finished")
    assert info.parameters == 784 * (Z + 1) + 785
    assert info.finished == reading.named("gan_finished")[0]


def test_the_same_seed_gives_the_same_rounds_by_hand_alone_and_beside_others(service: RunService, read: Read) -> None:
    gan, count, data = RECIPES["conditional"].gan, 15, load_mnist()
    stream = train_gan(make_gan(gan), gan, data.train_images, data.train_labels, Controls())
    with seeded(0):  # the service builds networks in this process too, to save what an earlier run has learned
        by_hand = list(islice((event for event in stream if isinstance(event, GanStep)), count))

    def first_rounds() -> dict[str, list[float]]:
        run_id = service.start(gan, OWNER)
        columns = read(run_id, lambda reading: len(reading.column("step")) >= count).column
        service.control(run_id, OWNER, "stop")
        return {name: columns(name)[:count] for name in ("d_loss", "g_loss", "real", "made", "d_gradient")}

    alone = first_rounds()
    others = [service.start(job, OWNER) for job in (CLASSIFIER, LONG, CLASSIFIER)]
    assert first_rounds() == alone
    assert alone["d_loss"] == [float(f"{event.d_loss:.6g}") for event in by_hand]
    for run_id in others:
        service.control(run_id, OWNER, "stop")


def test_two_gans_and_five_classifiers_go_on_side_by_side(service: RunService, read: Read) -> None:
    runs = [service.start(LONG, OWNER) for _ in range(2)] + [service.start(CLASSIFIER, OWNER) for _ in range(5)]
    for run_id in runs:
        seen = read(run_id, lambda reading: bool(reading.column("step"))).seq
        assert read(run_id, lambda reading: bool(reading.column("step")), after=seen).column("step")
    for run_id in runs:
        service.control(run_id, OWNER, "stop")


def test_pause_stands_still_and_resume_goes_on(service: RunService, read: Read) -> None:
    run_id = service.start(LONG, OWNER)
    read(run_id, lambda reading: bool(reading.column("step")))
    service.control(run_id, OWNER, "pause")
    held = rounds(service, run_id)
    assert service.history(run_id) == service.history(run_id)
    service.control(run_id, OWNER, "resume")
    later = read(run_id, lambda reading: len(reading.column("step")) > len(held))
    assert later.column("step")[: len(held) + 1] == [*held, held[-1] + 1]
    service.control(run_id, OWNER, "stop")
    ended = read(run_id)
    assert ended.statuses[-1] == "stopped" and ended.named("gan_finished")[0]["stopped"]


def test_one_of_the_two_is_trained_for_one_round_then_both_again(service: RunService, read: Read, paused: str) -> None:
    for action in ("step_d", "step_g", "step_g", "step"):
        service.control(paused, OWNER, action)
    columns = stepped(service, read, paused, 4)
    assert (columns["step"], columns["trained"]) == ([1, 2, 3, 4], [1, 2, 2, 3])
    service.control(paused, OWNER, "resume")
    assert stepped(service, read, paused, 6)["trained"][4:6] == [3, 3]


def test_steps_that_were_asked_for_are_dropped_by_going_on(service: RunService, read: Read, paused: str) -> None:
    for _ in range(3):
        service.control(paused, OWNER, "step_d")
    service.control(paused, OWNER, "resume")
    trained = stepped(service, read, paused, 6)["trained"]
    assert trained[3:6] == [3, 3, 3]


def test_slow_motion_shows_one_round(service: RunService, read: Read, paused: str) -> None:
    service.control(paused, OWNER, "slow")
    service.control(paused, OWNER, "step")
    reading = read(paused, lambda reading: len(reading.column("step")) >= 2)
    (shown,) = reading.named("round_shown")
    assert shown["step"] == 1 and shown["made_strip"].startswith("data:image/png")
    assert reading.statuses == ["paused"]


def test_a_late_reader_gets_only_the_newest_round_in_slow_motion(service: RunService, read: Read, paused: str) -> None:
    for _ in range(3):
        service.control(paused, OWNER, "slow")
    stepped(service, read, paused, 3)
    shown = [event["step"] for event in service.history(paused)["events"] if event["event"] == "round_shown"]
    assert shown[-1] == 3
    until(lambda: service._live[paused].stored_seq >= service.history(paused)["seq"])
    later = RunService()
    assert [e["step"] for e in later.history(paused)["events"] if e["event"] == "round_shown"] == [3]
    later.close()


def test_settings_change_from_the_next_round_on(service: RunService, read: Read, paused: str) -> None:
    service.control(paused, OWNER, "set", ("generator_lr", 0.0005))
    service.control(paused, OWNER, "set", ("discriminator_steps", 0))
    with pytest.raises(SpecError, match="Neither D nor G"):
        service.control(paused, OWNER, "set", ("generator_steps", 0))
    service.control(paused, OWNER, "step")
    columns = stepped(service, read, paused, 1)
    assert (columns["g_lr"], columns["trained"]) == ([0.0005], [2])
    changes = [e for e in service.history(paused)["events"] if e["event"] == "setting_changed"]
    assert {(e["name"], e["value"]) for e in changes} == {("generator_lr", 0.0005), ("discriminator_steps", 0)}


UNUSABLE: tuple[Any, ...] = (
    *(("generator_lr", -1.0), ("generator_steps", 11), ("label_smoothing", float("nan")), ("seed", 3)),
    *(("nonsense", 1.0), ("generator_lr", "fast"), ("generator_lr", True), (1, 2), 0.5, None),
)


def test_an_unusable_setting_is_refused(service: RunService, paused: str) -> None:
    for value in UNUSABLE:
        with pytest.raises(SpecError):
            service.control(paused, OWNER, "set", value)
    assert not [e for e in service.history(paused)["events"] if e["event"] == "setting_changed"]


def test_what_a_gan_cannot_do_is_refused(service: RunService, paused: str) -> None:
    for action in ("epoch", "lr", "explode"):
        with pytest.raises(ValueError, match="unknown action"):
            service.control(paused, OWNER, action, 0.1)  # type: ignore[arg-type]


def test_a_gan_that_does_not_fit_together_or_asks_too_much_is_refused(service: RunService) -> None:
    before = service.runs()
    with pytest.raises(SpecError, match="discriminator is a generator"):
        service.start(replace(TINY, discriminator=TINY.generator), OWNER)
    with pytest.raises(SpecError, match="Batch size"):
        service.start(tiny(batch_size=1), OWNER)
    with pytest.raises(SpecError, match="Neither D nor G"):
        service.start(tiny(generator_steps=0, discriminator_steps=0), OWNER)
    assert service.runs() == before


def test_every_frame_is_there_while_it_trains_and_in_the_next_life_of_the_server(
    service: RunService, read: Read
) -> None:
    run_id = service.start(tiny(steps=400), OWNER)
    contents = {}

    async def watch() -> None:
        async for message in service.watch(run_id):
            for event in message["events"]:
                if event["event"] == "frame_drawn":
                    frame = service.frame(run_id, event["frame"])
                    assert frame and frame.step == event["step"] and "content" not in event
                    contents[frame.frame] = (frame.step, frame.seconds, frame.media_type, frame.content)

    asyncio.run(asyncio.wait_for(watch(), PATIENCE))
    info = service.run(run_id)
    assert info and info.finished
    numbers = list(range(1, info.finished["frames"] + 1))
    assert list(contents) == numbers and len({content for *_, content in contents.values()}) > 1
    assert service.frames(run_id) == [(n, *contents[n][:2]) for n in numbers]
    until(lambda: run_id not in service._live)
    later = RunService()
    assert later.frames(run_id) == service.frames(run_id)
    for number in numbers:
        frame = later.frame(run_id, number)
        assert frame and (frame.step, frame.seconds, frame.media_type, frame.content) == contents[number]
    assert later.frame(run_id, numbers[-1] + 1) is None and later.frame("nowhere", 1) is None
    assert later.history(run_id) == on_the_wire(service.history(run_id))
    later.close()


def test_a_gan_can_be_asked_for_its_networks_while_it_trains_and_when_it_is_done(
    service: RunService, read: Read
) -> None:
    gan = tiny(ema=0.9)
    run_id = service.start(replace(gan, config=replace(gan.config, steps=100_000)), OWNER)
    read(run_id, lambda reading: bool(reading.column("step")))
    models = service.learned(run_id)
    assert models and models.average and not models.maker.training
    service.control(run_id, OWNER, "stop")
    read(run_id)
    until(lambda: run_id not in service._live)
    kept, later = service.learned(run_id), RunService()
    again = later.learned(run_id)
    assert kept and again
    made = [draw(m.maker, *fixed_z(gan, 4, 1), conditional=False) for m in (kept, again)]
    assert torch.equal(*made)
    assert [info.id for info in later.runs(OWNER, 1, "gan")] == [run_id]
    assert run_id not in [info.id for info in later.runs(OWNER, 100, "classifier")]
    later.close()


def test_the_example_has_a_film_and_networks(service: RunService) -> None:
    info = service.run(EXAMPLE_GAN)
    assert info and (info.owner, info.status) == ("", "finished") and info.finished and isinstance(info.job, GanSpec)
    frames = service.frames(EXAMPLE_GAN)
    assert [number for number, _, _ in frames] == list(range(1, info.finished["frames"] + 1))
    last = service.frame(EXAMPLE_GAN, frames[-1][0])
    assert last and last.content and last.step == info.finished["step"]
    models = service.learned(EXAMPLE_GAN)
    assert models and draw(models.maker, *fixed_z(info.job, 10, 0), True).shape == (10, 28, 28)
    assert service.history(EXAMPLE_GAN)["steps"]["step"][-1] == last.step


def test_a_gan_in_the_plane_is_a_run_too(service: RunService, read: Read) -> None:
    plane = PlaneGan(units=4, layers=1, batch_size=4, steps=30)
    run_id = service.start(plane, OWNER)
    reading = read(run_id)
    assert reading.column("step") == list(range(1, 31)) and reading.statuses == ["running", "finished"]
    info = service.run(run_id)
    assert info and (info.kind, info.job) == ("plane", plane) and info.finished == reading.named("plane_finished")[0]
    frame = service.frame(run_id, info.finished["frames"])
    assert frame and frame.media_type == "application/json" and json.loads(frame.content)
    assert service.learned(run_id) is None and service.learned(run_id) is None


def test_a_study_takes_the_weights_of_its_gan_along(service: RunService, read: Read) -> None:
    example = service.run(EXAMPLE_GAN)
    assert example and isinstance(example.job, GanSpec)
    network = NetworkSpec((layer("Flatten"), layer("Linear", units=10)))
    study = Study(EXAMPLE_GAN, example.job, network, per_digit=10, added_per_digit=10, seeds=1, steps=10)
    reading = read(service.start(study, OWNER))
    assert [event["with_made"] for event in reading.named("study_scored")] == [False, True]
    assert reading.statuses == ["running", "finished"] and reading.named("study_finished")
    for nowhere in ("nowhere", EXAMPLE):
        with pytest.raises(SpecError, match="nothing to show"):
            service.start(replace(study, gan_run=nowhere), OWNER)
