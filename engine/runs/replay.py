"""What a run has told so far, as far as one that goes on elsewhere must know it. No torch."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.gan.events import FrameDrawn, GanStep, RoundShown, SettingChanged
from engine.study.events import StudyWent
from engine.training.events import Event, LrChanged, Progress, name_of

BOTH = 3  # GanStep.trained
LR = "lr"


@dataclass(slots=True)
class Past:
    """`newest` has, by kind of event, the step of the newest one told; of events without a step how many there were.
    `frames` counts the film's. `changes` are the settings changed meanwhile, as (step, name, value), and `by_hand` the
    rounds of a GAN in which only one side was trained: to repeat them gives the same weights again."""

    newest: dict[str, int] = field(default_factory=dict)
    frames: int = 0
    changes: list[tuple[int, str, float]] = field(default_factory=list)
    by_hand: dict[int, int] = field(default_factory=dict)

    @property
    def step(self) -> int:
        """The newest step told."""
        return max(self.newest.get("step_done", 0), self.newest.get("gan_step", 0))

    def has(self, event: Event, count: int) -> bool:
        """Whether `event` was told; `count` events of its kind came before it where it has no step."""
        match event:
            case Progress() | RoundShown() | StudyWent():  # said anew without harm: only the newest counts
                return False
            case LrChanged(step=step, lr=lr):
                return (step, LR, lr) in self.changes
            case SettingChanged(step=step, name=name, value=value):
                return (step, name, value) in self.changes
        newest, its_step = self.newest.get(name_of(event), 0), _step_of(event)
        if its_step is None:
            return count < newest
        return name_of(event) in self.newest and its_step <= newest

    def take(self, events: Iterable[Event]) -> None:
        """Note what was told."""
        newest: dict[type[Event], Event] = {}
        for event in events:
            if _step_of(event) is None:
                self.newest[name_of(event)] = self.newest.get(name_of(event), 0) + 1
            newest[type(event)] = event
            match event:
                case GanStep(trained=trained) if trained != BOTH:
                    self.by_hand[event.step] = trained
                case FrameDrawn(frame=frame):
                    self.frames = frame
                case LrChanged(lr=lr):
                    self.changes.append((event.step, LR, lr))
                case SettingChanged(name=setting, value=value):
                    self.changes.append((event.step, setting, value))
        self.newest |= {name_of(e): step for e in newest.values() if (step := _step_of(e)) is not None}

    def take_message(self, message: dict[str, Any]) -> None:
        """Note what was told in a message as it is stored."""
        steps = message.get("steps")
        if steps:
            trained = steps.get("trained")
            self.newest["step_done" if trained is None else "gan_step"] = steps["step"][-1]
            pairs = zip(steps["step"], trained or (), strict=False)
            self.by_hand |= {step: who for step, who in pairs if who != BOTH}
        for event in message["events"]:
            name, step = event["event"], event.get("step")
            self.newest[name] = self.newest.get(name, 0) + 1 if step is None else step
            match name:
                case "frame_drawn":
                    self.frames = event["frame"]
                case "lr_changed":
                    self.changes.append((step, LR, event["lr"]))
                case "setting_changed":
                    self.changes.append((step, event["name"], event["value"]))


def _step_of(event: Event) -> int | None:
    return getattr(event, "step", None)
