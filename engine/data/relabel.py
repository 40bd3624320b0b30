"""Corrections of an own data set by its owner: pictures that get another class, or are left out; all can be undone. No
torch."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.catalogue.params import SpecError
from engine.data.own import INDEX
from engine.data.split_own import order_of
from engine.files import write_whole
from engine.text import Text

MOST = 5_000  # corrections at once
Place = tuple[str, int]  # "train" or "test", and the number of a picture there
Corrections = Mapping[Place, int | None]  # the class that a picture gets; None leaves it out


def corrected(index: Sequence[Mapping[str, Any]]) -> int:
    """How many pictures have another class than they came with, or are left out."""
    return sum(bool(one.get("was")) and one["was"][0][1] != one["label"] for one in index)


def correct(folder: Path, classes: Sequence[str], corrections: Corrections) -> None:
    """Note the corrections in the index of the data set in `folder`. Its pictures stay in the parts, to train, to
    validate and to test, that they are in. Raises SpecError for what it does not have."""
    index = _index(folder)
    parts = order_of(index, classes)
    for part, places in parts.items():
        for place in places:
            index[place]["part"] = part
    order = {"train": parts["train"] + parts["validation"], "test": parts["test"]}
    this = 1 + _last(index)
    for (part, number), label in corrections.items():
        if not 0 <= number < len(order.get(part, ())) or (label is not None and not 0 <= label < len(classes)):
            what = Text("These pictures have changed meanwhile.")
            raise SpecError(what, Text("Reload the page, and correct them again."))
        one = index[order[part][number]]
        if one["label"] != label:
            one.setdefault("was", []).append((this, one["label"]))
            one["label"] = label
    _keep(folder, index)


def undo_last(folder: Path) -> None:
    """Take the corrections back that were made last. Raises SpecError where there are none."""
    index = _index(folder)
    last = _last(index)
    if not last:
        raise SpecError(Text("There is nothing to undo."), Text("These pictures have the classes they came with."))
    for one in index:
        if one.get("was") and one["was"][-1][0] == last:
            _, one["label"] = one["was"].pop()
    _keep(folder, index)


def _last(index: Sequence[Mapping[str, Any]]) -> int:
    """The number of the last time that something was corrected; 0 for never. `was` holds (number, class before)."""
    return max((one["was"][-1][0] for one in index if one.get("was")), default=0)


def _index(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / INDEX).read_bytes())
    return found


def _keep(folder: Path, index: Sequence[Mapping[str, Any]]) -> None:
    write_whole(folder / INDEX, json.dumps(index).encode())
