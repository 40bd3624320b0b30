"""What a lesson checks: whether runs of the learner are as it asks, such as `2 runs accuracy >= 97, has Conv2d`."""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.catalogue.layers import LAYERS
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import SpecError
from engine.points.config import ACTIVATIONS, GRADIENT, PERCEPTRON
from engine.points.sets import SETS
from engine.text import Text

Facts = Mapping[str, Any]  # of one run
COMPARE: dict[str, Callable[[Any, Any], bool]] = {">=": operator.ge, "<=": operator.le, "=": operator.eq}
OF_TRAINING = ("noise", "imbalance", "fold", "seed")
OF_POINTS = ("hidden", "units", "rate", "hand")
NUMBERS = ("accuracy", "parameters", "steps", "epochs", "pictures", "distance", *OF_TRAINING, *OF_POINTS)
WORDS = ("kind", "name", "optimizer", "status", "data", "rule", "activation")
KNOWN = {
    "kind": ("classifier", "gan", "plane", "points"),
    "data": tuple(SETS),
    "rule": (GRADIENT, PERCEPTRON),
    "activation": ACTIVATIONS,
    "optimizer": tuple(OPTIMIZERS),
    "status": ("finished", "diverged", "stopped", "paused", "running"),
}
TERM = re.compile(r"(\w+)\s*(>=|<=|=)\s*(.+)")
HEAD = re.compile(r"(?:(\d) )?runs?\s+(.+)")
MOST_TERMS = 8


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is asked of a run: a fact, how it is compared, and with what."""

    fact: str
    sign: str
    value: float | str

    def holds(self, facts: Facts) -> bool:
        told = facts.get(self.fact)
        if self.fact == "layers":
            return (self.value in (told or ())) == (self.sign == "has")
        return told is not None and COMPARE[self.sign](told, self.value)


@dataclass(frozen=True, slots=True)
class Condition:
    """So many runs for each of which every term holds."""

    count: int
    terms: tuple[Term, ...]

    def is_met(self, runs: Iterable[Facts]) -> bool:
        return sum(all(term.holds(facts) for term in self.terms) for facts in runs) >= self.count


def condition_from_text(text: str) -> Condition:
    """Read `run TERM, TERM` or `2 runs TERM, ...`. A term is `accuracy >= 97` (per cent of the test pictures),
    `parameters <= 20000`, `steps`, `epochs`, `pictures`, `noise` (label noise, per cent), `fold`, `seed`, `distance`
    (Fréchet), `kind = gan`, `name = ...`, `optimizer = SGD`, `status = diverged`, `finished`, `has Conv2d` or `has no
    Dropout`; of a network on points also `data = xor`, `rule = perceptron`, `activation = Tanh`, `hidden`, `units`,
    `rate` and `hand`. Raises SpecError."""
    head = HEAD.fullmatch(text.strip())
    if not head:
        raise SpecError(Text("A condition begins with run, or with 2 runs."), Text("Write: run accuracy >= 97"))
    terms = [part.strip() for part in re.split(r",\s+", head[2])]
    if len(terms) > MOST_TERMS:
        raise SpecError(Text("A condition has too many parts."), Text("Ask for eight at most."))
    return Condition(max(1, int(head[1] or 1)), tuple(map(_term, terms)))


def _term(text: str) -> Term:
    if text == "finished":
        return Term("status", "=", "finished")
    if text.startswith("has "):
        sign, kind = ("has no", text[7:].strip()) if text.startswith("has no ") else ("has", text[4:].strip())
        if kind not in LAYERS:
            raise SpecError(Text("There is no layer {name}.", name=kind), Text("Use a name of the Build page."))
        return Term("layers", sign, kind)
    found = TERM.fullmatch(text)
    if not found or found[1] not in (*NUMBERS, *WORDS):
        raise SpecError(
            Text("{part} is nothing that can be checked.", part=text[:80]),
            Text("Use one of: {names}.", names=", ".join((*NUMBERS, *WORDS, "finished", "has"))),
        )
    fact, sign, value = found.groups()
    if fact in NUMBERS:
        return Term(fact, sign, number_from_text(value))
    if sign != "=" or value not in KNOWN.get(fact, (value,)):
        known = ", ".join(KNOWN.get(fact, ()))
        raise SpecError(
            Text("{part} cannot be checked.", part=text[:80]), Text("Use = and one of: {names}.", names=known)
        )
    return Term(fact, sign, value)


def number_from_text(text: str) -> float:
    """A number as people write it: 97, 97 %, 20,000. Raises SpecError."""
    try:
        number = float(text.removesuffix("%").replace(" ", "").replace(",", ""))
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e12:
        raise SpecError(Text("{part} is no number.", part=text[:80]), Text("Write one such as 97 or 20000."))
    return number
