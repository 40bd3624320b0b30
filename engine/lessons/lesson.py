"""What a lesson is."""

import math
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
class Curve:
    """A question whose answer is a curve: the value at each of the places `across`, between `low` and `high`, in a
    `unit`."""

    question: str
    across: tuple[str, ...]
    unit: str
    low: float
    high: float
    right: tuple[float, ...]

    def read(self, text: str) -> tuple[float, ...] | None:
        """A guess as numbers with spaces between them, moved into the bounds; None for anything else."""
        try:
            values = tuple(map(float, text.split()))
        except ValueError:
            return None
        if len(values) != len(self.right) or not all(map(math.isfinite, values)):
            return None
        return tuple(min(max(value, self.low), self.high) for value in values)

    def off(self, guess: tuple[float, ...]) -> float:
        """How far the guess is from the truth, on average."""
        return sum(abs(a - b) for a, b in zip(guess, self.right, strict=True)) / len(self.right)


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
    asks: Choice | Number | Curve | None = None
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
