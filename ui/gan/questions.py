"""What is asked of a GAN over HTTP, checked before anything is computed: which z, which digits, how many."""

from typing import TypeGuard

from engine.gan.config import GanSpec
from engine.gan.play import Label, Wanted, of_seed, of_sheet, of_z
from engine.gan.sampling import SHEET
from engine.text import Text
from ui.api.requests import RefusedError

MOST_PICTURES = 100
LARGEST_Z = 10.0
LARGEST_SEED = 2**31 - 1


def wanted(data: object, gan: GanSpec) -> Wanted:
    """Read `{"z": [[...]]}`, `{"grid": [places in the film's sheet]}` or `{"seed", "count"}`, each with `labels` or
    without: then every digit equally often. A label is a digit, or `[3, 8, 0.4]`: on the way from 3 to 8. Raises
    RefusedError."""
    asked = _fields(data, ("z", "grid", "seed"))
    if "z" in asked:
        found = of_z(_z_rows(asked["z"], gan))
    elif "grid" in asked:
        found = of_sheet(gan, _whole_list(asked["grid"], "places", 0, SHEET - 1))
    else:
        seed = _whole(asked["seed"], "seed", 0, LARGEST_SEED)
        found = of_seed(gan, seed, _whole(asked.get("count", 1), "count", 1, MOST_PICTURES))
    if asked.get("labels") is None:
        return found
    labels = [_label(value) for value in _list(asked["labels"], "labels")]
    if len(labels) != len(found.z):
        text = Text(
            "There are {labels} labels for {pictures} pictures. Give one for each.",
            labels=len(labels),
            pictures=len(found.z),
        )
        raise RefusedError(400, text)
    return found.labelled(labels)


def one_wanted(data: object, gan: GanSpec) -> Wanted:
    """Read `{"z": [...], "label": 3}`, or a label as `wanted` takes it. Raises RefusedError."""
    asked = _fields(data, ("z",))
    label = asked.get("label")
    return of_z(_z_rows([asked["z"]], gan)).labelled([0 if label is None else _label(label)])


def label_of(data: object) -> int | None:
    """The digit named by `label`; None where none is. Raises RefusedError."""
    label = data.get("label") if isinstance(data, dict) else None
    return None if label is None else _whole(label, "label", 0, 9)


def seed_of(data: object) -> int:
    """Read `{"seed": n}`. Raises RefusedError."""
    return _whole(_fields(data, ("seed",))["seed"], "seed", 0, LARGEST_SEED)


def frame_numbers(text: str, most: int) -> list[int]:
    """Read "1,8,40": numbers of frames, in order. Raises RefusedError."""
    parts = text.split(",")
    if len(parts) > most:
        raise RefusedError(400, Text("A poster has room for {most} moments. Choose fewer.", most=most))
    return sorted({frame_number(part) for part in parts})


def frame_number(text: str) -> int:
    """Read one number from a URL. Raises RefusedError."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise RefusedError(400, Text("A frame is named by its number. Use whole numbers from 1."))
    return int(text)


def _fields(data: object, one_of: tuple[str, ...]) -> dict[str, object]:
    if not isinstance(data, dict) or sum(name in data for name in one_of) != 1:
        raise RefusedError(
            400,
            Text("This asks for nothing that can be generated. Give one of these: {names}.", names=", ".join(one_of)),
        )
    return data


def _z_rows(rows: object, gan: GanSpec) -> list[list[float]]:
    size = gan.generator.input_shape[0]
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_PICTURES:
        raise RefusedError(
            400, Text("The z of the pictures are no list. Give from 1 to {most} lists of numbers.", most=MOST_PICTURES)
        )
    for row in rows:
        if not isinstance(row, list) or len(row) != size:
            raise RefusedError(
                400, Text("This generator reads {count} numbers for a picture. Give as many in each z.", count=size)
            )
        if not all(_is_number(value) and abs(value) <= LARGEST_Z for value in row):  # nor is NaN
            raise RefusedError(
                400, Text("A number of z cannot be used. Use numbers from -{most:g} to {most:g}.", most=LARGEST_Z)
            )
    return rows


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _label(value: object) -> Label:
    if not isinstance(value, list):
        return _whole(value, "labels", 0, 9)
    if len(value) != 3 or not _is_number(value[2]) or not 0 <= value[2] <= 1:  # nor is NaN
        raise RefusedError(
            400, Text("A label between two digits cannot be used. Give two digits and a share from 0 to 1.")
        )
    return _whole(value[0], "labels", 0, 9), _whole(value[1], "labels", 0, 9), float(value[2])


def _whole_list(values: object, name: str, low: int, high: int) -> list[int]:
    return [_whole(value, name, low, high) for value in _list(values, name)]


def _list(values: object, name: str) -> list[object]:
    if not isinstance(values, list) or not 1 <= len(values) <= MOST_PICTURES:
        raise RefusedError(
            400,
            Text("The value of {name} is no list. Give from 1 to {most} whole numbers.", name=name, most=MOST_PICTURES),
        )
    return values


def _whole(value: object, name: str, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise RefusedError(
            400,
            Text(
                "The value of {name} cannot be used. Use whole numbers from {low} to {high:,}.",
                name=name,
                low=low,
                high=high,
            ),
        )
    return value
