"""Splits pictures of somebody's own into those to train, to validate and to test with, class by class, so that pictures
that are almost the same stay on one side. No torch."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.catalogue.params import SpecError
from engine.text import Text
from engine.training.config import LEAST_IMAGES

TEST_SHARE, VALIDATION_SHARE = 0.2, 0.15
LEAST_OF_CLASS = 4
PARTS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Kept:
    """One picture: the part that its folder names, empty where that names none, its class, and what is the same of
    pictures that look almost alike."""

    part: str
    label: int
    alike: str


def order_of(index: Sequence[dict[str, Any]], classes: Sequence[str]) -> dict[str, list[int]]:
    """The places in a data set's index of the pictures of each part, as they follow one another in its arrays: those to
    train, then those to validate; those to test. What its owner left out is in none. Raises SpecError."""
    used = [place for place, one in enumerate(index) if one["label"] is not None]
    parts = split([Kept(index[place]["part"], index[place]["label"], index[place]["alike"]) for place in used], classes)
    return {part: [used[place] for place in places] for part, places in parts.items()}


def split(pictures: Sequence[Kept], classes: Sequence[str]) -> dict[str, list[int]]:
    """The places of the pictures of each part, in an order that mixes the classes, always the same. Raises SpecError
    where a class has too few."""
    chance, parts = random.Random(0), {part: list[int]() for part in PARTS}
    given = {picture.part for picture in pictures}
    for label, name in enumerate(classes):
        places = [place for place, picture in enumerate(pictures) if picture.label == label]
        _check_class(name, len(places))
        free = [place for place in places if pictures[place].part in ("", "train")]
        for part in ("validation", "test"):
            parts[part] += [place for place in places if pictures[place].part == part]
        groups = _alike(pictures, free)
        chance.shuffle(groups)
        for part, share in (("test", TEST_SHARE), ("validation", VALIDATION_SHARE)):
            if part not in given:
                parts[part] += _take(groups, max(1, round(share * len(free))))
        rest = [place for group in groups for place in group]
        if not rest:
            what = Text("The class {name} has no picture left to train on.", name=repr(name))
            raise SpecError(what, Text("Give it more pictures that differ."))
        parts["train"] += rest
    for places in parts.values():
        chance.shuffle(places)
    if len(parts["train"]) + len(parts["validation"]) < LEAST_IMAGES:
        what = Text("There are only {count} pictures to train on.", count=len(parts["train"]))
        raise SpecError(what, Text("Send at least {least} of each class.", least=LEAST_IMAGES))
    if not parts["test"]:
        raise SpecError(Text("There is no picture to test with."), Text("Put some into the folder named test."))
    return parts


def _check_class(name: str, count: int) -> None:
    if count < LEAST_OF_CLASS:
        what = Text("The class {name} has too few pictures: {count}.", name=repr(name), count=count)
        raise SpecError(what, Text("Give it {least} or more, better 50.", least=LEAST_OF_CLASS))


def _alike(pictures: Sequence[Kept], places: Sequence[int]) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for place in places:
        groups.setdefault(pictures[place].alike, []).append(place)
    return list(groups.values())


def _take(groups: list[list[int]], count: int) -> list[int]:
    """Take whole groups off the end until there are `count` pictures; never the last group."""
    taken: list[int] = []
    while len(groups) > 1 and len(taken) < count:
        taken += groups.pop()
    return taken
