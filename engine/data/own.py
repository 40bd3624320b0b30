"""Data sets of a visitor's own in the data folder: which there are, what is in them, how they are deleted. Each is seen
by its owner alone. No torch."""

import contextlib
import functools
import hashlib
import json
import math
import os
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.catalogue.names import MAX_NAME, clean
from engine.catalogue.params import Shape, SpecError
from engine.data.sets import DataSet
from engine.files import data_folder, write_whole
from engine.limits import MB, limits
from engine.network.reads import reads_from_json, reads_to_json
from engine.network.saved import CHANNELS, LARGEST_SIDE, SMALLEST_SIDE
from engine.text import Text, text_from_json

OWN = re.compile(r"own-[0-9a-f]{12}-[0-9a-f]{16}")
DAY = 86_400.0  # s
ABANDONED = 7200.0  # s after which nothing is made of a file any more
ABOUT, KEPT, INDEX = "about.json", "kept.zip", "kept.json"
ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")
CONSOLE = "the command line"  # the owner of what is brought in there
ORIGIN = Text("Your own pictures; nobody else sees them.")


@dataclass(frozen=True, slots=True)
class Own:
    """A data set of a visitor's own: its row, how many pictures each class has to train, to validate and to test with,
    what was left out when it came, as (why, how many, names of the first), the seconds since 1970 when it came, the
    bytes it takes, and how many of its pictures its owner has given another class or left out."""

    row: DataSet
    owner: str
    counts: tuple[tuple[int, int, int], ...]
    left_out: tuple[tuple[Text, int, tuple[str, ...]], ...]
    created: float
    size: int
    corrected: int = 0


def pictures_folder() -> Path:
    return data_folder() / "pictures"


def folder_of(name: str) -> Path:
    """Raises SpecError for what is no name of an own data set."""
    if not OWN.fullmatch(name):
        raise _gone()
    return pictures_folder() / name


def new_name(owner: str) -> str:
    """A name that nobody guesses."""
    return f"{_prefix(owner)}{secrets.token_hex(8)}"


def is_own_name(name: str) -> bool:
    return OWN.fullmatch(name) is not None


def is_of(owner: str, name: str) -> bool:
    """Whether a data set may be used by `owner`: it is theirs, or everybody's."""
    return not is_own_name(name) or name.startswith(_prefix(owner))


def own_set(name: str) -> Own:
    """Raises SpecError where it is not here any more."""
    about = folder_of(name) / ABOUT
    try:
        return _read(about, about.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError, SpecError) as error:
        raise _gone() from error


def own_sets(owner: str) -> list[Own]:
    """All of an owner's, the newest first."""
    found = []
    with contextlib.suppress(OSError):
        for folder in pictures_folder().glob(f"{_prefix(owner)}*"):
            with contextlib.suppress(SpecError):
                found.append(own_set(folder.name))
    return sorted(found, key=lambda own: -own.created)


def delete_own(owner: str, name: str) -> None:
    """Delete a data set of the owner's with all its pictures. A run that trains on it at the moment ends as usual.
    Raises SpecError where it is not theirs."""
    if not is_own_name(name) or not is_of(owner, name):
        raise _gone()
    shutil.rmtree(folder_of(name), ignore_errors=True)


def days_left(own: Own) -> int:
    """For how many days the pictures are still here, at least 0."""
    return max(0, math.ceil(limits().picture_days - (time.time() - own.created) / DAY))


def sweep() -> None:
    """Delete the pictures whose time is over, and what an import that was cut off left behind."""
    with contextlib.suppress(OSError):
        for folder in pictures_folder().glob("own-*"):
            with contextlib.suppress(SpecError):
                if not days_left(own_set(folder.name)):
                    shutil.rmtree(folder, ignore_errors=True)
        for path in pictures_folder().glob(".*"):
            if time.time() - path.stat().st_mtime > ABANDONED:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def check_room(owner: str) -> None:
    """Raise SpecError where the owner, or all together, may have no more data sets."""
    bounds, mine = limits(), len(own_sets(owner))
    if mine >= bounds.sets_per_owner:
        what = Text("You have {count} data sets of your own.", count=mine)
        raise SpecError(what, Text("Delete one first."))
    if _taken() > bounds.pictures_gb * 1000 * MB:
        raise SpecError(Text("There is no room for more pictures here."), Text("Ask who runs the playground for more."))


def title_from(text: str) -> str:
    """A title of one line; never empty."""
    return clean(text).strip()[:MAX_NAME] or "Pictures"


def write_about(folder: Path, facts: dict[str, Any]) -> None:
    write_whole(folder / ABOUT, json.dumps(facts).encode())


def about_json(
    row: DataSet, owner: str, counts: Any, left_out: Any, created: float, size: int, corrected: int
) -> dict[str, Any]:
    return {
        "title": str(row.title),
        "owner": _hash(owner),
        "reads": reads_to_json(row.reads),
        "shape": list(row.shape),
        "train": row.train,
        "test": row.test,
        "validation": row.validation,
        "way": row.way,
        "counts": counts,
        "left_out": [{"why": why.to_json(), "count": count, "names": list(names)} for why, count, names in left_out],
        "created": created,
        "size": size,
        "corrected": corrected,
    }


@functools.lru_cache(maxsize=256)
def _read(about: Path, _changed: int) -> Own:
    told = json.loads(about.read_bytes())
    shape: Shape = tuple(told["shape"])
    if shape[0] not in CHANNELS or not SMALLEST_SIDE <= shape[1] == shape[2] <= LARGEST_SIDE:
        raise ValueError("no shape of pictures")
    reads = reads_from_json(told["reads"])
    row = DataSet(
        title_from(told["title"]),
        reads,
        shape,
        int(told["train"]),
        int(told["test"]),
        min(int(train) + int(validation) for train, validation, _ in told["counts"]),
        ORIGIN,
        validation=int(told["validation"]),
        is_own=True,
        way=str(told["way"]),
    )
    left_out = tuple(
        (text_from_json(one["why"]), int(one["count"]), tuple(map(str, one["names"]))) for one in told["left_out"]
    )
    counts = tuple((int(train), int(validation), int(test)) for train, validation, test in told["counts"])
    corrected = int(told.get("corrected", 0))  # older ones do not say
    return Own(row, str(told["owner"]), counts, left_out, float(told["created"]), int(told["size"]), corrected)


def _taken() -> int:
    """Bytes of all own data sets; others come and go meanwhile."""
    total = 0
    for folder, _, files in os.walk(pictures_folder()):  # says nothing of a folder that is gone, where glob raises
        for file in files:
            with contextlib.suppress(OSError):
                total += Path(folder, file).stat().st_size
    return total


def _prefix(owner: str) -> str:
    return f"own-{_hash(owner)[:12]}-"


def _hash(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()


def _gone() -> SpecError:
    return SpecError(Text("These pictures are not here any more."), Text("Choose another data set on the Train page."))
