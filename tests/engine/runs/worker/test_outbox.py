"""What a host hands over: events until they have arrived, checkpoints once what was told before them is stored. And
what a run has told, from events and from stored messages alike."""

from engine.gan.events import GanStep
from engine.runs.event_log import ReplayLog
from engine.runs.message import pack_to_store
from engine.runs.worker.outbox import Outbox
from engine.study.events import StudyScored
from engine.training.events import (
    Evaluated,
    Event,
    FrameDrawn,
    OrderDone,
    Progress,
    SettingChanged,
    Started,
    StatusChanged,
    StepDone,
)


def step(number: int) -> StepDone:
    return StepDone(number, 1, 0.5, 0.5, 0.1)


def gan_step(number: int, trained: int = 3) -> GanStep:
    return GanStep(number, 0.5, 0.5, 0.5, 0.5, 1.0, 1.0, 0.1, 0.1, trained)


def test_events_are_kept_until_they_have_arrived() -> None:
    box = Outbox()
    box.open("a")
    box.put("a", [step(1), step(2)])
    (batch,) = box.collect({})
    assert (batch.first_seq, batch.last_seq) == (1, 2)
    assert box.collect({}) == (batch,)
    box.put("a", [step(3)])
    (batch,) = box.collect({"a": 2})
    assert (batch.first_seq, batch.events) == (3, (step(3),))
    assert box.collect({"a": 3}) == ()
    assert box.last("a") == 3


def test_a_checkpoint_waits_until_all_before_it_is_stored() -> None:
    box = Outbox()
    box.open("a")
    assert box.wants_checkpoint("a")
    box.put("a", [step(1), step(2)])
    box.put_checkpoint("a", b"after 2")
    assert not box.wants_checkpoint("a") and box.has_checkpoints
    assert box.take_safe_checkpoints({"a": 1}) == {}
    box.put("a", [step(3)])
    box.put_checkpoint("a", b"after 3")
    box.put("a", [step(4)])
    box.put_checkpoint("a", b"after 4")
    assert box.take_safe_checkpoints({"a": 3}) == {"a": b"after 2"}
    assert box.take_safe_checkpoints({"a": 4, "unknown": 9}) == {"a": b"after 4"}
    assert not box.has_checkpoints and box.wants_checkpoint("a")


def test_a_closed_box_takes_nothing() -> None:
    box = Outbox()
    box.open("a")
    box.close("a")
    box.put("a", [step(1)])
    box.put_checkpoint("a", b"x")
    assert box.collect({}) == () and not box.has_checkpoints and not box.wants_checkpoint("a")


EVENTS: list[Event] = [
    StatusChanged("running"),
    Started(1, 100, 10, 640, 0, "cpu"),
    step(1),
    SettingChanged(1, "lr", 0.5),
    step(2),
    Evaluated(2, 1, 0.5, 0.5, 10, True),
    step(3),
]
GAN_EVENTS: list[Event] = [
    gan_step(1),
    FrameDrawn(1, 0.1, 1, "image/png", b""),
    SettingChanged(1, "g_lr", 0.1),
    OrderDone(2, "step_d"),
    gan_step(2, trained=1),
    FrameDrawn(2, 0.2, 2, "image/png", b""),
]


def test_the_past_knows_what_was_told() -> None:
    log = ReplayLog()
    log.take(EVENTS)
    assert log.step == 3 and log.changes == [(1, "lr", 0.5)]
    assert log.has(step(3), 2) and not log.has(step(4), 3)
    assert log.has(Started(1, 100, 10, 640, 0, "cpu"), 0)
    assert log.has(Evaluated(2, 1, 0.5, 0.5, 10, True), 0) and not log.has(Evaluated(3, 1, 0.5, 0.5, 10, True), 1)
    assert log.has(SettingChanged(1, "lr", 0.5), 0) and not log.has(SettingChanged(1, "lr", 0.25), 1)
    assert not log.has(Progress(3, 1.0, 1.0, 1.0), 0)


def test_events_without_a_step_are_counted() -> None:
    log = ReplayLog()
    log.take([StudyScored(0, False, 0.5), StudyScored(0, True, 0.6)])
    assert [log.has(StudyScored(1, False, 0.5), count) for count in range(3)] == [True, True, False]


def test_the_past_of_a_gan_has_its_film_and_what_was_done_by_hand() -> None:
    log = ReplayLog()
    log.take(GAN_EVENTS)
    assert log.frames == 2 and log.orders == {2: "step_d"} and log.changes == [(1, "g_lr", 0.1)]


def test_the_past_is_the_same_from_what_is_stored() -> None:
    for events in (EVENTS, GAN_EVENTS):
        told, stored = ReplayLog(), ReplayLog()
        told.take(events)
        kind = "gan" if events is GAN_EVENTS else "classifier"
        stored.take_message(pack_to_store(events[:3], 1), kind)
        stored.take_message(pack_to_store(events[3:], 4), kind)
        assert stored == told
