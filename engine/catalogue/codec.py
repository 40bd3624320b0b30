"""The JSON form of a dataclass: its fields are settings, catalogue choices or parts with a form of their own."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Generic, TypeVar

from engine.catalogue.params import Choice, Param, Row, SpecError, Words, choice_from_json, choice_to_json
from engine.text import Text

Data = TypeVar("Data")


@dataclass(frozen=True, slots=True)
class Part:
    """A field with a form of its own. `from_json` gets None where a field without a default is missing; it checks, and
    raises SpecError. `name` is the field's name in JSON where that is another one. One that is `advanced` is written
    only where it is not None, like a Param that is advanced."""

    from_json: Callable[[Any], Any]
    to_json: Callable[[Any], Any] = lambda value: value
    name: str = ""
    advanced: bool = False


@dataclass(frozen=True, slots=True)
class Codec(Generic[Data]):
    """Reads and writes `of`. `where` names it in messages; each field is a Param, a catalogue to choose from, which
    messages call by its name in `titles`, a Part, or has a codec of its own. A Param that is advanced is written only
    where it is not at its default: what was saved before there was such a setting stays the same."""

    of: type[Data]
    where: Words
    fields: "Mapping[str, Param | Mapping[str, Row] | Part | Codec[Any]]"
    titles: Mapping[str, Text] = field(default_factory=dict)

    def to_json(self, data: Data) -> dict[str, Any]:
        told = {}
        for name, form in self.fields.items():
            value = getattr(data, name)
            if isinstance(form, Part) and form.advanced and value is None:
                continue
            if isinstance(form, Part | Codec):
                told[self._name(name)] = form.to_json(value)
            elif not (isinstance(form, Param) and form.goes_unsaid(value)):
                told[name] = choice_to_json(value) if isinstance(value, Choice) else value
        return told

    def from_json(self, data: object) -> Data:
        """Read untrusted parsed JSON; what is missing takes its default. Raises SpecError."""
        if not isinstance(data, dict):
            what = Text("{where}: this cannot be read.", where=self.where)
            raise SpecError(what, Text("Expected an object with its settings."))
        names = {self._name(name): name for name in self.fields}
        for name in data:
            if name not in names:
                what = Text("{where}: there is no setting {name}.", where=self.where, name=repr(str(name)[:40]))
                raise SpecError(what, Text("Check the file or link."))
        known = {names[name]: self._read(names[name], value) for name, value in data.items()}
        for one in fields(self.of):  # type: ignore[arg-type]
            if one.name not in known and one.default is MISSING and one.default_factory is MISSING:
                known[one.name] = self._read(one.name, None)
        return self.of(**known)

    def change(self, data: Data, changes: Mapping[str, object]) -> Data:
        """`data` with some settings changed; a catalogue's choice is named by its kind. Raises SpecError."""
        told = self.to_json(data)
        for name, value in changes.items():
            is_choice = isinstance(self.fields.get(name), Mapping) and isinstance(value, str)
            told[name] = {"kind": value} if is_choice else value
        return self.from_json(told)

    def _name(self, field: str) -> str:
        form = self.fields[field]
        return form.name or field if isinstance(form, Part) else field

    def _read(self, name: str, value: Any) -> Any:
        match self.fields[name]:
            case Part() | Codec() as part:
                return part.from_json(value)
            case Param() as param:
                return param.check(value, self.where)
            case rows:
                return choice_from_json(rows, value, self.titles.get(name, name))
