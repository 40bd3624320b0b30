"""What a lesson is."""

from dataclasses import dataclass

from engine.lessons.conditions import Condition


@dataclass(frozen=True, slots=True)
class Choice:
    """A question with answers of which one is right; a guess asked before it is seen."""

    question: str
    answers: tuple[str, ...]
    right: int


@dataclass(frozen=True, slots=True)
class Number:
    """A question whose answer is a number."""

    question: str
    right: float


@dataclass(frozen=True, slots=True)
class Way:
    """A part of the playground to go to: what the button says, and an address such as `/build?preset=mlp`."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Step:
    """`text` is Markdown. `asks` is answered before `tells` is shown, `until` is met by a run of the learner's own,
    `hints` help whoever is stuck, the last one most."""

    title: str
    text: str
    asks: Choice | Number | None = None
    ways: tuple[Way, ...] = ()
    until: Condition | None = None
    hints: tuple[str, ...] = ()
    tells: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """`goals` are what the learner can do afterwards; `minutes` is how long it takes. The rest is for the one who
    teaches: what surprises, what learners often believe with the answer to it, what to ask the class, the standards."""

    title: str
    question: str
    minutes: int
    goals: tuple[str, ...]
    steps: tuple[Step, ...]
    surprise: str = ""
    beliefs: tuple[str, ...] = ()
    talk: tuple[str, ...] = ()
    standards: str = ""
    source: str = ""
