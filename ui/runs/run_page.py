"""The same for every kind of run: which run a page shows, what its buttons do to it, and the list of earlier ones."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from engine.runs.info import RunInfo
from engine.runs.store.marks import MOST_STARRED
from engine.text import Text
from ui.backend import service
from ui.language import say
from ui.runs.marks import mark_form
from ui.runs.shown_kinds import SHOWN_KINDS, shown_kind
from ui.runs.steering import Steering, is_steered_by_visitor
from ui.runs.words import UNNAMED, ago
from ui.state import Session, owner, start_run

EARLIER = 20
JUST, FIRST_POINT, DRAWN, LOOK = 1.0, 0.4, 0.06, 0.01  # s
NO_RUN = Text("No run has the address that was opened; old runs are removed.")


def go_where_the_run_is_shown(here: str) -> None:
    """Leave for another page where the address names a run that the page for runs of kind `here` does not show."""
    run_id = st.query_params.get("run")
    run = service().run(run_id) if run_id else None
    if run and shown_kind(run).page != SHOWN_KINDS[here].page:
        st.switch_page(shown_kind(run).script, query_params={"run": run.id})


def let_first_point_pass(run: RunInfo) -> None:
    """Of a run that has just been started, wait until its first point is drawn, or for less than half a second: a
    browser that draws the page around the curve anew at that moment would show the point later than all of it."""
    has_begun = run.status in ("starting", "running") and not run.step and time.time() - run.created < JUST
    if not has_begun or run.owner != owner():
        return
    latest = time.monotonic() + FIRST_POINT
    while time.monotonic() < latest:
        now = service().run(run.id)
        if now is None or now.step or now.is_over:
            break
        time.sleep(LOOK)
    time.sleep(DRAWN)


@dataclass(frozen=True, slots=True)
class RunPage:
    """How the page for runs of one kind finds and starts them.

    `kind` is the name of the kind, `looked_at` the field of Session with the id of the run that was looked at last,
    `job` what Start begins, `started` what is done to the table then. `example` is the recorded run to show where
    there is no other. `opened` is called when another run is shown than before; a run that does not fit (`fits`) what
    lies on the table is not shown. With `replaces`, Start ends the run that goes on.

    `missing` is said of an address without a run; `own`, `others`, `recorded` are said above a run, with its {name},
    its number of {parameters} and how long {ago} it was started.
    """

    kind: str
    looked_at: str
    steering: Steering
    job: Callable[[Session], Any]
    example: str = ""
    started: Callable[[Session], None] = lambda _visitor: None
    opened: Callable[[Session, RunInfo], None] = lambda _visitor, _run: None
    fits: Callable[[Session, RunInfo], bool] = lambda _visitor, _run: True
    replaces: bool = False
    missing: Text = NO_RUN
    own: Text | None = None
    others: Text | None = None
    recorded: Text | None = None

    @property
    def parameter(self) -> str:
        """What names the run in the page's address."""
        return SHOWN_KINDS[self.kind].parameter

    def shown(self, visitor: Session) -> tuple[RunInfo | None, str]:
        """The run to show, if there is one, and a sentence where the address names none."""
        run, problem = self.current(visitor)
        return (run if run and self.fits(visitor, run) else None), problem

    def shown_or_example(self, visitor: Session) -> tuple[RunInfo, str]:
        """The same for a kind with an example: there is always something to show."""
        run, problem = self.shown(visitor)
        if run is None:
            raise FileNotFoundError(f"assets has no recorded run of the kind {self.kind}")
        return run, problem

    def current(self, visitor: Session) -> tuple[RunInfo | None, str]:
        """The run of the address, else the one looked at last, else the visitor's newest, else the example."""
        asked = st.query_params.get(self.parameter)
        run = self._run(asked or getattr(visitor, self.looked_at) or "")
        problem = say(self.missing) if asked and run is None else ""
        if run is None and not (asked and self.example):
            run = next(iter(service().runs(owner(), limit=1, kind=self.kind)), None)
        run = run or self._run(self.example)
        if run and run.id != getattr(visitor, self.looked_at):
            setattr(visitor, self.looked_at, run.id)
            self.opened(visitor, run)
        return run, problem

    def show(self, visitor: Session, run_id: str) -> None:
        """Make `run_id` the run looked at, in the address too, so that a reload or a shared link shows it again."""
        setattr(visitor, self.looked_at, run_id)
        st.query_params[self.parameter] = run_id

    def start(self, visitor: Session, paused: bool = False, job: Any = None) -> str:
        """Start `job`, else what lies on the table, at the pace that was chosen; the run's id. Raises SpecError."""
        before = self.current(visitor)[0] if self.replaces else None
        run_id = start_run(job or self.job(visitor), paused)
        self.steering.begin_at_pace(run_id)
        if before and is_steered_by_visitor(before):
            service().control(before.id, owner(), "stop")
        self.started(visitor)
        setattr(visitor, self.looked_at, run_id)
        return run_id

    def begin(self, visitor: Session, paused: bool = False, job: Any = None) -> str:
        """Start a run on the page that shows it, and show it there."""
        run_id = self.start(visitor, paused, job)
        self.show(visitor, run_id)
        return run_id

    def obey(self, visitor: Session) -> str:
        """Do what the button pressed asks of the run shown, or begin one; a sentence where that was refused."""
        return self.steering.obey(lambda: self.shown(visitor)[0], lambda paused: self.begin(visitor, paused))

    def label(self, run: RunInfo) -> str:
        """The line above a run: whose it is, and what can be done."""
        text = self.recorded if run.id == self.example else self.own if run.owner == owner() else self.others
        if text is None:
            return ""
        name = run.name or UNNAMED
        return say(text.template, name=name, parameters=run.parameters, ago=ago(run.created))

    def earlier(self, visitor: Session, shown: RunInfo, line: Callable[[RunInfo], str], none_yet: Text) -> None:
        """The mark of the run shown; then a button for each of the visitor's runs, those with a star first, which says
        `line` and shows that run."""
        mark_form(shown)
        starred = service().runs(owner(), limit=MOST_STARRED, kind=self.kind, starred=True)
        others = [run for run in service().runs(owner(), limit=EARLIER, kind=self.kind) if not run.starred]
        if not (starred or others):
            st.caption(say(none_yet))
        for run in starred + others:
            st.button(
                f":material/star: {line(run)}" if run.starred else line(run),
                key=f"{self.kind}-earlier-{run.id}",
                type="tertiary",
                disabled=run.id == shown.id,
                on_click=self.show,
                args=(visitor, run.id),
            )

    def _run(self, run_id: str) -> RunInfo | None:
        run = service().run(run_id) if run_id else None
        return run if run and run.kind == self.kind else None
