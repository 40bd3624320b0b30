import math
from dataclasses import dataclass

import pytest

from engine.catalogue.params import (
    Choice,
    Param,
    SpecError,
    choice_from_json,
    choice_to_json,
    choose,
    flag,
    integer,
    one_of,
    real,
)

WIDTH = integer(3, 1, 28, "Width", "Side of a square.", "px")
RATE = real(0.1, 1e-6, 10.0, "Rate", "Size of a step.", log=True)
PLACE = one_of("left", ("left", "right"), "Place", "Where it goes.")
SWITCH = flag(False, "Switch", "On or off.")


@dataclass(frozen=True)
class Row:
    params: dict[str, Param]


ROWS = {"Thing": Row({"width": WIDTH, "rate": RATE, "place": PLACE, "switch": SWITCH})}


@pytest.mark.parametrize(
    ("param", "value"), [(WIDTH, 1), (WIDTH, 28), (RATE, 1e-6), (RATE, 10), (PLACE, "right"), (SWITCH, True)]
)
def test_values_within_the_range_pass_with_their_own_type(param: Param, value: object) -> None:
    checked = param.check(value, "Here")
    assert checked == value
    assert type(checked) is type(param.default)


@pytest.mark.parametrize("param", [WIDTH, RATE, PLACE, SWITCH])
@pytest.mark.parametrize(
    "value", [None, -1, 0, 10**400, math.nan, math.inf, -math.inf, "", "x" * 9_000, [], {}, [[[]]], 2.5 + 1j, b"left"]
)
def test_anything_else_is_refused_in_a_short_sentence(param: Param, value: object) -> None:
    with pytest.raises(SpecError) as caught:
        param.check(value, "Here")
    assert str(caught.value.what).startswith(f"Here: {param.label} is ")
    assert len(str(caught.value)) < 200


def test_true_is_no_number_and_one_is_no_switch() -> None:
    for param, value in ((WIDTH, True), (RATE, True), (SWITCH, 1)):
        with pytest.raises(SpecError):
            param.check(value, "Here")


def test_refusal_names_the_place_the_value_and_the_range() -> None:
    with pytest.raises(SpecError, match=r"^Layer 2: Width is -4\. Use a whole number from 1 to 28\.$"):
        WIDTH.check(-4, "Layer 2")


def test_missing_values_take_their_defaults_in_catalogue_order() -> None:
    chosen = choose(ROWS, "Thing", {"rate": 1}, "Here")
    assert chosen == Choice("Thing", (("width", 3), ("rate", 1.0), ("place", "left"), ("switch", False)))
    assert chosen["rate"] == 1.0
    assert chosen.but(width=5)["width"] == 5
    with pytest.raises(KeyError):
        chosen["height"]


def test_choices_survive_json() -> None:
    chosen = choose(ROWS, "Thing", {"width": 7, "switch": True}, "Here")
    assert choice_from_json(ROWS, choice_to_json(chosen), "Here") == chosen


def test_a_value_nested_too_deep_to_print_is_refused_like_any_other() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for data in (deep, {"kind": deep}, {"kind": "Thing", "width": deep}):
        with pytest.raises(SpecError):
            choice_from_json(ROWS, data, "Here")
    while deep:  # taken apart by hand: freeing it at once would overflow the stack of some Pythons
        deep = deep.pop()


@pytest.mark.parametrize("data", [{"kind": "Other"}, {"kind": 1}, {"kind": ["Thing"]}, {}, {1: 2}, [], "Thing", None])
def test_unknown_kinds_and_other_shapes_of_json_are_refused(data: object) -> None:
    with pytest.raises(SpecError, match=r"^Here"):
        choice_from_json(ROWS, data, "Here")


def test_unknown_parameter_is_refused_by_name() -> None:
    with pytest.raises(SpecError, match=r"there is no parameter 'height'\. It has width, rate, place, switch"):
        choice_from_json(ROWS, {"kind": "Thing", "height": 1}, "Here")


def test_of_a_long_catalogue_a_message_names_what_is_spelled_alike() -> None:
    rows = {f"{first}Layer{number}": ROWS["Thing"] for first in "AB" for number in range(20)} | {
        "Conv2d": ROWS["Thing"]
    }
    with pytest.raises(SpecError, match="not known here") as caught:
        choose(rows, "conv2D", {}, "Layer 1")
    assert str(caught.value.cure).startswith("Known are, among others, Conv2d, ")
    assert len(str(caught.value)) < 200
