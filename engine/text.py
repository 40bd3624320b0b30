"""A text that a person reads: a template and its values, printed at the edge in the reader's language. No torch.

Templates are English and serve as gettext's message ids. `tools/texts.py` collects them from `Text("...")`,
`plural("...", "...")` and the `_("...")` of `ui`, so each is written as one literal. A place for a value is `{name}` or
`{name:format}`; formats are Python's for numbers, and `n` for a number as people write it.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Union

Value = Union[str, int, float, "Text"]
PLACE = re.compile(r"\{(\w+)(?::([^{}]*))?\}")


class Language(Protocol):
    """How templates and numbers are said in one language."""

    def translate(self, template: str) -> str: ...

    def translate_plural(self, one: str, many: str, count: float) -> str: ...

    def number(self, written: str) -> str:
        """A number as English writes it, such as "1,234.5", with the signs of this language."""


class _English:
    def translate(self, template: str) -> str:
        return template

    def translate_plural(self, one: str, many: str, count: float) -> str:
        return one if count == 1 else many

    def number(self, written: str) -> str:
        return written


ENGLISH: Language = _English()


@dataclass(frozen=True, slots=True, init=False)
class Text:
    """`template` with its `values`; `many` is the template for a count other than one, the value named "count"."""

    template: str
    values: tuple[tuple[str, Value], ...]
    many: str

    def __init__(self, template: str, /, **values: Value) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "values", tuple(values.items()))
        object.__setattr__(self, "many", "")

    def __str__(self) -> str:
        return self.printed()

    def printed(self, language: Language = ENGLISH) -> str:
        """The whole sentence in a language."""
        values = dict(self.values)
        if self.many:
            template = language.translate_plural(self.template, self.many, float(values["count"]))  # type: ignore[arg-type]
        else:
            template = language.translate(self.template)
        return filled(template, values, language)

    def to_json(self) -> dict[str, Any]:
        """`{"text": template, "values": {...}, "many": ...}`, the last two where there are any."""
        told: dict[str, Any] = {"text": self.template}
        if self.values:
            told["values"] = {name: _as_json(value) for name, value in self.values}
        return told | ({"many": self.many} if self.many else {})


def plural(one: str, many: str, /, *, count: float, **values: Value) -> Text:
    """A text in two forms, for a `count` of one and for any other; both may say `{count}`."""
    text = Text(one, count=count, **values)
    object.__setattr__(text, "many", many)
    return text


def text_from_json(data: Any) -> Text:
    """Read what `to_json` wrote, or a whole sentence as an older playground stored it."""
    if not isinstance(data, dict):
        return Text(str(data))
    values = {str(name): _value_from_json(value) for name, value in dict(data.get("values", {})).items()}
    text = Text(str(data.get("text", "")), **values)
    object.__setattr__(text, "many", str(data.get("many", "")))
    return text


def _value_from_json(value: Any) -> Value:
    return text_from_json(value) if isinstance(value, dict) else value


def sentences(*texts: Text) -> Text:
    """Texts one after the other."""
    return Text(" ".join(f"{{{i}}}" for i in range(len(texts))), **{str(i): text for i, text in enumerate(texts)})


def filled(template: str, values: Mapping[str, Value], language: Language = ENGLISH) -> str:
    """`template` with its places filled; a name without a value stays as it is."""

    def value_of(place: re.Match[str]) -> str:
        name, form = place.groups()
        return _printed(values[name], form or "", language) if name in values else place[0]

    return PLACE.sub(value_of, template)


def number(value: float) -> str:
    """A number as people write it: 121,930 or 0.001 or 1e-06."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.0f}" if value == round(value) else f"{value:g}"


def as_plain(value: Any) -> Any:
    """A text as JSON, anything else as it is."""
    return value.to_json() if isinstance(value, Text) else value


def _as_json(value: Value) -> Any:
    """JSON has no NaN and no infinity: they go as words."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else as_plain(value)


def _printed(value: Value, form: str, language: Language) -> str:
    if isinstance(value, Text):
        return value.printed(language)
    if isinstance(value, str):
        return value
    return language.number(number(value) if form == "n" else format(value, form))
