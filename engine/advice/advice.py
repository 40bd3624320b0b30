"""What a piece of advice is. No torch."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from engine.catalogue.params import SpecError
from engine.text import Text
from engine.training.kind import CLASSIFIER, Classification

Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing worth knowing: what was seen, with its number, and why it matters, each a sentence. `try_` is the job
    that mends it, and `change` says in a few words what that changes; None where there is no such change."""

    rule: str
    saw: Text
    why: Text
    change: Text | None = None
    try_: Classification | None = None


def advice_by(rules: Iterable[Callable[[Subject], Iterator[Advice]]], subject: Subject) -> list[Advice]:
    """What the rules say of the subject, in their order; without changes to what no run may have."""
    return [_possible(advice) for rule in rules for advice in rule(subject)]


def _possible(advice: Advice) -> Advice:
    if advice.try_:
        try:
            CLASSIFIER.check(CLASSIFIER.codec.from_json(CLASSIFIER.codec.to_json(advice.try_)))
        except SpecError:
            return replace(advice, change=None, try_=None)
    return advice
