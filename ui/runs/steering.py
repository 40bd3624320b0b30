"""What the pages that steer runs have in common: whose run it is, what the button pressed asks, and the buttons."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from engine.catalogue.params import SpecError
from engine.kind import PACE, SET, SLOW_MOTION, Action
from engine.runs.info import RunInfo
from engine.text import Text
from ui.backend import service
from ui.language import say
from ui.state import enter, entered, noted, owner, resume_run, seed, settle, settled, was_pressed
from ui.top_bar import fold_settings

STEP_PACES: Mapping[float, Text] = {
    0.0: Text("Full speed"),
    10.0: Text("10 steps/s"),
    1.0: Text("1 step/s"),
    SLOW_MOTION: Text("Slow motion"),
}
STOPPED = "run-stopped"  # the run for which Stop was pressed last
ROUND_PACES: Mapping[float, Text] = {0.0: Text("Full speed"), 10.0: Text("10 rounds/s"), 1.0: Text("1 round/s")}


def is_steered_by_visitor(run: RunInfo | None) -> bool:
    return run is not None and run.owner == owner() and not run.is_over


def is_stopping(run: RunInfo | None) -> bool:
    """Whether the visitor has pressed Stop, and the run's last figures are still worked out."""
    return run is not None and not run.is_over and entered(STOPPED) == run.id


def can_go_on(run: RunInfo | None) -> bool:
    """Whether this is a run of the visitor's own that was cut off with the server."""
    return run is not None and run.owner == owner() and run.is_resumable


def set_live(run: RunInfo, values: Mapping[str, object]) -> str:
    """Give a run that goes on new values of its live settings; a sentence where one was refused."""
    try:
        for name, value in values.items():
            service().control(run.id, owner(), SET, (name, value))
    except SpecError as error:
        return say(error.text)
    return ""


@dataclass(frozen=True, slots=True)
class Steering:
    """The keys of one page's buttons: `go` starts, pauses and resumes; `steps` go on by one of something; `stop` ends a
    run, or leaves one that was interrupted for a new one."""

    go: str
    stop: str
    steps: Mapping[str, Action]

    def obey(self, shown: Callable[[], RunInfo | None], begin: Callable[[bool], str]) -> str:
        """Do what the button pressed asks of the run shown, or `begin(paused)` one; a sentence where it was refused."""
        told = [key for key in (self.go, *self.steps, self.stop) if was_pressed(key)]
        if not told:
            return ""
        pressed = told[0]
        run = shown()
        try:
            if run and is_steered_by_visitor(run):
                service().control(run.id, owner(), self._action(pressed, run))
            elif pressed != self.stop or can_go_on(run):
                run_id = self._begun(pressed, run, begin)
                if pressed in self.steps:
                    service().control(run_id, owner(), self.steps[pressed])
        except SpecError as error:
            return say(error.text)
        return ""

    def stepped(self) -> int:
        """Another number each time that a button for one step was pressed, else 0: scripts show the newest picture
        then."""
        return time.monotonic_ns() if any(entered(key) for key in self.steps) else 0

    def go_button(self, run: RunInfo | None, off: bool = False, width: int | None = None) -> None:
        """Start, Pause or Resume, in one place."""
        mine = is_steered_by_visitor(run)
        going = mine and run is not None and run.status != "paused"
        begins = not mine and not can_go_on(run)
        label = say("Pause") if going else say("Start") if begins else say("Resume")
        icon, why = "pause" if going else "play_arrow", say("Start, pause or resume")
        unable = is_stopping(run) or (off and begins)
        steering_button(label, self.go, icon, "Space", unable, why, width=width, primary=True)
        fold_settings(run.id if run and mine else None)

    def stop_button(self, run: RunInfo | None, why: str, width: int | None = None) -> None:
        if can_go_on(run):
            why = say("Leave this run as it is, and start another one with the settings of now")
            steering_button(say("Start anew"), self.stop, "replay", None, False, why, width=width)
        else:
            off = is_stopping(run) or not is_steered_by_visitor(run)
            steering_button(say("Stop"), self.stop, "stop", None, off, why, width=width)

    def pace_control(self, run: RunInfo | None, paces: Mapping[float, Text]) -> None:
        """How fast the visitor's run goes, and the next one begins. `paces` are steps a second with their names."""
        key, steered = f"{self.go}-pace", run if run and is_steered_by_visitor(run) else None
        now = self._pace_of(steered) if steered else self._pace_chosen()
        seed(key, min(paces, key=lambda pace: abs(pace - now)))
        chosen = st.segmented_control(
            say("Pace"),
            list(paces),
            required=True,
            key=key,
            format_func=lambda pace: say(paces[pace]),
            on_change=lambda: self._change_pace(steered),
            label_visibility="collapsed",
            help=say("How fast it goes: slowly enough to watch every single step, or as fast as it can"),
        )
        settle(key, chosen or 0.0)

    def begin_at_pace(self, run_id: str) -> None:
        """Let a new run go at the pace that was chosen."""
        pace = self._pace_chosen()
        settle(f"{self.go}-began", run_id)
        if pace:
            service().control(run_id, owner(), SET, (PACE, pace))

    def _pace_of(self, run: RunInfo) -> float:
        """Of a run that has just begun, and has not said it yet, the one that it was begun at."""
        has_said = any(name == PACE for name, *_ in run.changed)
        return run.pace if has_said or settled(f"{self.go}-began") != run.id else self._pace_chosen()

    def _pace_chosen(self) -> float:
        """On other pages, where the widget is not, as it was left."""
        chosen = entered(f"{self.go}-pace")
        return float(settled(f"{self.go}-pace") or 0.0 if chosen is None else chosen)

    def _change_pace(self, run: RunInfo | None) -> None:
        if run:
            service().control(run.id, owner(), SET, (PACE, entered(f"{self.go}-pace") or 0.0))

    def _begun(self, pressed: str, run: RunInfo | None, begin: Callable[[bool], str]) -> str:
        """The id of the run that goes on now, or of a new one. Raises SpecError."""
        if run is None or not can_go_on(run) or pressed == self.stop:
            return begin(pressed in self.steps)
        resume_run(run.id)
        return run.id

    def _action(self, pressed: str, run: RunInfo) -> Action:
        if pressed in self.steps:
            return self.steps[pressed]
        if pressed == self.stop:
            enter(STOPPED, run.id)
            return "stop"
        return "resume" if run.status == "paused" else "pause"


def steering_button(
    label: str,
    key: str,
    icon: str,
    shortcut: str | None,
    off: bool,
    why: str,
    *,
    width: int | None = None,
    primary: bool = False,
) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        shortcut=shortcut,
        disabled=off,
        help=why,
        type="primary" if primary else "secondary",
        width=width or "content",
        **noted(key),
    )
