"""Parameter kinds, catalogue choices, and the check every untrusted value passes. Imports no torch."""

import math
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from engine.text import Text, number, sentences

_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxlong, _SHORT.maxother = 2, 60, 30, 60

Value = int | float | bool | str
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mend:
    """A one-click cure: insert `choice` before layer `index`, or put it, or nothing, in the place of that layer."""

    label: str
    action: Literal["insert", "replace"]
    index: int
    choice: "Choice | None"


class SpecError(ValueError):
    """An error that a person can mend: `what` is wrong, the `cure`, and the 0-based position of the `layer` where it
    shows."""

    def __init__(
        self, what: Text | str, cure: Text | str, *, layer: int | None = None, mend: Mend | None = None
    ) -> None:
        super().__init__(f"{what} {cure}")
        self.what = what if isinstance(what, Text) else Text(what)
        self.cure = cure if isinstance(cure, Text) else Text(cure)
        self.layer, self.mend = layer, mend

    @property
    def text(self) -> Text:
        """What is wrong and the cure, one after the other."""
        return sentences(self.what, self.cure)


@dataclass(frozen=True, slots=True)
class Param:
    """One setting of a catalogue row. `low` and `high` are inclusive; `log` asks for a logarithmic slider; what is
    `advanced` stays out of sight until it is wanted; `titles` name the options for people."""

    kind: Literal["int", "float", "choice", "bool"]
    default: Value
    label: str
    help: str
    low: float = -math.inf
    high: float = math.inf
    unit: str = ""
    options: tuple[str, ...] = ()
    log: bool = False
    advanced: bool = False
    titles: tuple[str, ...] = ()

    def shown(self, value: Value) -> Value:
        """An option as people read it; any other value as it is."""
        return self.titles[self.options.index(str(value))] if self.titles else value

    def check(self, value: object, where: str) -> Value:
        """Return `value` as this parameter's type, or raise SpecError naming `where`, the range and the value."""
        match self.kind:
            case "bool":
                if isinstance(value, bool):
                    return value
                raise SpecError(f"{where}: {self.label} is {_shown(value)}.", "Use true or false.")
            case "choice":
                if isinstance(value, str) and value in self.options:
                    return value
                raise SpecError(f"{where}: {self.label} is {_shown(value)}.", f"Use one of {', '.join(self.options)}.")
            case "int":
                good = isinstance(value, int) and not isinstance(value, bool)
                if good and self.low <= value <= self.high:  # type: ignore[operator]
                    return int(value)  # type: ignore[call-overload,no-any-return]
                raise SpecError(
                    f"{where}: {self.label} is {_shown(value)}.",
                    f"Use a whole number from {number(self.low)} to {number(self.high)}.",
                )
            case "float":
                good = isinstance(value, int | float) and not isinstance(value, bool)
                if good and self.low <= value <= self.high:  # type: ignore[operator]
                    return float(value)  # type: ignore[arg-type]
                raise SpecError(
                    f"{where}: {self.label} is {_shown(value)}.",
                    f"Use a number from {number(self.low)} to {number(self.high)}.",
                )


def integer(default: int, low: int, high: int, label: str, help: str, unit: str = "") -> Param:
    return Param("int", default, label, help, low, high, unit)


def real(default: float, low: float, high: float, label: str, help: str, unit: str = "", *, log: bool = False) -> Param:
    return Param("float", default, label, help, low, high, unit, log=log)


def one_of(default: str, options: tuple[str, ...], label: str, help: str, *, titles: tuple[str, ...] = ()) -> Param:
    return Param("choice", default, label, help, options=options, titles=titles)


def flag(default: bool, label: str, help: str, *, advanced: bool = False) -> Param:
    return Param("bool", default, label, help, advanced=advanced)


@dataclass(frozen=True, slots=True)
class Choice:
    """A catalogue row picked by its `kind`, with a checked value for each of its parameters, in catalogue order."""

    kind: str
    values: tuple[tuple[str, Value], ...] = ()

    def __getitem__(self, name: str) -> Any:
        for key, value in self.values:
            if key == name:
                return value
        raise KeyError(name)

    def get(self, name: str, default: Any = None) -> Any:
        return dict(self.values).get(name, default)

    def but(self, **changes: Value) -> "Choice":
        """Copy the choice with some values changed. They are not checked: use `choose` for values from outside."""
        return Choice(self.kind, tuple((name, changes.get(name, value)) for name, value in self.values))


class Row(Protocol):
    """The fields that every catalogue row has."""

    @property
    def params(self) -> Mapping[str, Param]: ...


def choose(rows: Mapping[str, Row], kind: object, values: Mapping[str, object], where: str) -> Choice:
    """Check `kind` and `values` against the catalogue `rows`; missing values take their defaults. Raises SpecError."""
    if not isinstance(kind, str) or kind not in rows:
        raise SpecError(f"{where}: {_shown(kind)} is not known here.", f"Known are {', '.join(rows)}.")
    params = rows[kind].params
    for name in values:
        if name not in params:
            cure = f"It has {', '.join(params)}." if params else "It has none."
            raise SpecError(f"{where} ({kind}): there is no parameter {_shown(name)}.", cure)
    label = f"{where} ({kind})"
    return Choice(kind, tuple((n, p.check(values.get(n, p.default), label)) for n, p in params.items()))


def choice_to_json(choice: Choice) -> dict[str, Value]:
    return {"kind": choice.kind, **dict(choice.values)}


def choice_from_json(rows: Mapping[str, Row], data: object, where: str) -> Choice:
    """Read `{"kind": ..., name: value, ...}` from untrusted JSON. Raises SpecError."""
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise SpecError(f"{where}: expected an object with a kind, received {_shown(data)}.", "Check the file or link.")
    return choose(rows, data.get("kind"), {k: v for k, v in data.items() if k != "kind"}, where)


def _shown(value: object) -> str:
    """Print an untrusted value, shortened; `repr` would fail on a deeply nested one."""
    return _SHORT.repr(value)
