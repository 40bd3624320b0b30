"""Reads and checks the facts in a stream's state. No torch."""

from collections.abc import Mapping
from typing import Any, TypeVar

from engine.catalogue.params import SpecError
from engine.text import Text

Fact = TypeVar("Fact", int, float, str, list[Any], dict[str, Any])


def misfit() -> SpecError:
    return SpecError(
        Text("The checkpoint does not fit what is to be trained."), Text("Start the training from the beginning.")
    )


def fact(facts: Mapping[str, Any], name: str, kind: type[Fact]) -> Fact:
    """Read the fact `name`; an int is accepted for a float. Raises SpecError for another type."""
    value = facts.get(name)
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise misfit()
    return value


def numbers(facts: Mapping[str, Any], name: str, like: Mapping[str, float]) -> dict[str, float]:
    """Read the numbers under `name`, which must have the names of those in `like`. Raises SpecError."""
    kept = fact(facts, name, dict)
    if not all(type(kept.get(each)) in (int, float) for each in like):
        raise misfit()
    return {each: kept[each] for each in like}
