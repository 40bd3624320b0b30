"""Parameter kinds, catalogue choices, and the check every untrusted value passes. Imports no torch."""

import math
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Literal, Protocol

from engine.text import Text, sentences

MOST_NAMED = 8  # kinds in a message
_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxlong, _SHORT.maxother = 2, 60, 30, 60

Value = int | float | bool | str
Shape = tuple[int, ...]
Words = Text | str


@dataclass(frozen=True, slots=True)
class Mend:
    """A one-click cure: insert `choice` before layer `index`, or put it, or nothing, in the place of that layer.

    `path` leads to the list where that layer is: () for the network's own, else the place of a block, which of its
    lists, and so on: (2, 0) is the first list of the third layer."""

    label: Text
    action: Literal["insert", "replace"]
    index: int
    choice: "Choice | None"
    path: tuple[int, ...] = ()


class SpecError(ValueError):
    """An error that a person can mend: `what` is wrong, the `cure`, and the 0-based position of the `layer` where it
    shows; `path` leads on to a layer inside that block."""

    def __init__(
        self,
        what: Text,
        cure: Text,
        *,
        layer: int | None = None,
        mend: Mend | None = None,
        path: tuple[int, ...] = (),
    ) -> None:
        super().__init__(f"{what} {cure}")
        self.what, self.cure, self.layer, self.mend = what, cure, layer, mend
        self.path = path or (() if layer is None else (layer,))

    @property
    def text(self) -> Text:
        """What is wrong and the cure, one after the other."""
        return sentences(self.what, self.cure)


@dataclass(frozen=True, slots=True)
class Param:
    """One setting of a catalogue row. `low` and `high` are inclusive; `log` asks for a logarithmic slider; what is
    `advanced` stays out of sight until it is wanted; `titles` name the options for people; `lowest` is what the lowest
    number means where it is no number, and stands in the empty field."""

    kind: Literal["int", "float", "choice", "bool"]
    default: Value
    label: Words
    help: Words
    low: float = -math.inf
    high: float = math.inf
    unit: Words = ""
    options: tuple[str, ...] = ()
    log: bool = False
    advanced: bool = False
    titles: tuple[Text, ...] = ()
    lowest: Words = ""

    def shown(self, value: Value) -> Value | Words:
        """An option as people read it; any other value as it is."""
        if self.lowest and value == self.low:
            return self.lowest
        return self.titles[self.options.index(str(value))] if self.titles else value

    def goes_unsaid(self, value: Value) -> bool:
        """Whether a reader need not be told: the setting is advanced and as it is by itself."""
        return self.advanced and value == self.default

    def check(self, value: object, where: Words) -> Value:
        """Return `value` as this parameter's type, or raise SpecError naming `where`, the range and the value."""
        match self.kind:
            case "bool":
                if isinstance(value, bool):
                    return value
                cure = Text("Use true or false.")
            case "choice":
                if isinstance(value, str) and value in self.options:
                    return value
                cure = Text("Use one of {options}.", options=", ".join(self.options))
            case "int":
                good = isinstance(value, int) and not isinstance(value, bool)
                if good and self.low <= value <= self.high:  # type: ignore[operator]
                    return int(value)  # type: ignore[call-overload,no-any-return]
                cure = Text("Use a whole number from {low:n} to {high:n}.", low=self.low, high=self.high)
            case "float":
                good = isinstance(value, int | float) and not isinstance(value, bool)
                if good and self.low <= value <= self.high:  # type: ignore[operator]
                    return float(value)  # type: ignore[arg-type]
                cure = Text("Use a number from {low:n} to {high:n}.", low=self.low, high=self.high)
        what = Text("{where}: {label} is {value}.", where=where, label=self.label, value=_shown(value))
        raise SpecError(what, cure)


def integer(
    default: int,
    low: int,
    high: int,
    label: Words,
    help: Words,
    unit: Words = "",
    *,
    advanced: bool = False,
    lowest: Words = "",
) -> Param:
    return Param("int", default, label, help, low, high, unit, advanced=advanced, lowest=lowest)


def real(
    default: float,
    low: float,
    high: float,
    label: Words,
    help: Words,
    unit: Words = "",
    *,
    log: bool = False,
    advanced: bool = False,
) -> Param:
    return Param("float", default, label, help, low, high, unit, log=log, advanced=advanced)


def one_of(
    default: str, options: tuple[str, ...], label: Words, help: Words, *, titles: tuple[Text, ...] = ()
) -> Param:
    return Param("choice", default, label, help, options=options, titles=titles)


def flag(default: bool, label: Words, help: Words, *, advanced: bool = False) -> Param:
    return Param("bool", default, label, help, advanced=advanced)


@dataclass(frozen=True, slots=True)
class Choice:
    """A catalogue row picked by its `kind`, with a checked value for each of its parameters, in catalogue order; a
    block holds lists of layers, its `bodies`."""

    kind: str
    values: tuple[tuple[str, Value], ...] = ()
    bodies: "tuple[tuple[Choice, ...], ...]" = ()

    def __getitem__(self, name: str) -> Any:
        for key, value in self.values:
            if key == name:
                return value
        raise KeyError(name)

    def get(self, name: str, default: Any = None) -> Any:
        return dict(self.values).get(name, default)

    def but(self, **changes: Value) -> "Choice":
        """Copy the choice with some values changed. They are not checked: use `choose` for values from outside."""
        return replace(self, values=tuple((name, changes.get(name, value)) for name, value in self.values))


class Row(Protocol):
    """The fields that every catalogue row has."""

    @property
    def params(self) -> Mapping[str, Param]: ...


def choose(rows: Mapping[str, Row], kind: object, values: Mapping[str, object], where: Words) -> Choice:
    """Check `kind` and `values` against the catalogue `rows`; missing values take their defaults. Raises SpecError."""
    if not isinstance(kind, str) or kind not in rows:
        what = Text("{where}: {kind} is not known here.", where=where, kind=_shown(kind))
        raise SpecError(what, _known(_shown(kind), rows))
    params, label = rows[kind].params, Text("{where} ({kind})", where=where, kind=kind)
    for name in values:
        if name not in params:
            what = Text("{where}: there is no parameter {name}.", where=label, name=_shown(name))
            raise SpecError(what, Text("It has {names}.", names=", ".join(params)) if params else Text("It has none."))
    return Choice(kind, tuple((n, p.check(values.get(n, p.default), label)) for n, p in params.items()))


def _known(kind: str, rows: Mapping[str, Row]) -> Text:
    """What there is instead: all of it, or of a long list what is spelled most like `kind`."""
    if len(rows) <= MOST_NAMED:
        return Text("Known are {kinds}.", kinds=", ".join(rows))
    near = get_close_matches(kind, rows, MOST_NAMED, 0)
    return Text("Known are, among others, {kinds}.", kinds=", ".join(near))


def choice_to_json(choice: Choice) -> dict[str, Value]:
    return {"kind": choice.kind, **dict(choice.values)}


def choice_from_json(rows: Mapping[str, Row], data: object, where: Words) -> Choice:
    """Read `{"kind": ..., name: value, ...}` from untrusted JSON. Raises SpecError."""
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        what = Text("{where}: expected an object with a kind, received {value}.", where=where, value=_shown(data))
        raise SpecError(what, Text("Check the file or link."))
    return choose(rows, data.get("kind"), {k: v for k, v in data.items() if k != "kind"}, where)


def _shown(value: object) -> str:
    """Print an untrusted value, shortened; `repr` would fail on a deeply nested one."""
    return _SHORT.repr(value)
