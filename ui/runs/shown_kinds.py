"""The table of how the pages show each kind of run: one row a kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from engine.runs.info import RunInfo
from engine.text import Text
from ui.language import say
from ui.runs.words import ROUNDS, STEPS, accuracy


@dataclass(frozen=True, slots=True)
class ShownKind:
    """`page` shows runs of this kind; `parameter` of its address names a run, and is empty where no page shows one
    alone. `noun` is what one is called beside its name, `course` tells by its status how far one came.

    Home lists finished runs that have a `figure`, with what that `means`.
    """

    page: str
    noun: Text
    parameter: str = ""
    course: Mapping[str, Text] = field(default_factory=lambda: ROUNDS)
    figure: Callable[[RunInfo], str] | None = None
    means: Text | None = None

    @property
    def script(self) -> str:
        """The page's file, as Streamlit wants it."""
        return f"../pages/{self.page}.py"

    def address(self, run_id: str) -> str:
        """Where a run is shown, relative to any page; empty where no page shows it alone."""
        return f"./{self.page}?{self.parameter}={quote(run_id, safe='')}" if self.parameter else ""


SHOWN_KINDS: dict[str, ShownKind] = {
    "classifier": ShownKind(
        "train", Text("classifier"), "run", STEPS, figure=accuracy, means=Text("of the test pictures right")
    ),
    "gan": ShownKind(
        "gan",
        Text("GAN"),
        "run",
        figure=lambda run: say("Fréchet distance {distance:.1f}", distance=(run.finished or {})["distance"]),
        means=Text("from real pictures (readable 25, clean 12)"),
    ),
    "plane": ShownKind("gan", Text("GAN in 2D"), "plane"),
    "study": ShownKind("gan", Text("study")),
    "points": ShownKind("points", Text("points in 2D"), "run"),
    "checks": ShownKind("train", Text("checks")),
    "landscape": ShownKind("train", Text("loss around the weights")),
    "search": ShownKind("runs", Text("search")),
}


def shown_kind(run: RunInfo) -> ShownKind:
    return SHOWN_KINDS[run.kind]
