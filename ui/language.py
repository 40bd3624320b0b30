"""The visitor's language: which there are, which one a visitor reads, and `say`, which prints a text in it.

A language is a gettext file, such as `assets/languages/de.po`; further ones may lie in the folder that
PLAYGROUND_LANGUAGES names. `make texts` writes and updates them. English needs no file.
"""

import functools
import gettext
import io
import os
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine.files import ASSETS
from engine.text import ENGLISH, Language, Text, Value

COOKIE = "playground_language"
FOLDER = "PLAYGROUND_LANGUAGES"
SOURCE = "en"
PLURALS_TOLD = 200  # forms are told to the browser for counts below; above they repeat with every hundred
_chosen: ContextVar[str] = ContextVar("language")


def say(text: str | Text, /, **values: Value) -> str:
    """A text in the visitor's language: a template with its values, or a text that came from the engine."""
    return (text if isinstance(text, Text) else Text(text, **values)).printed(spoken(language()))


def say_number(value: float, form: str = "n") -> str:
    """A number as the visitor writes it, in a format of Python's or as people write it."""
    return Text("{value:" + form + "}", value=value).printed(spoken(language()))


def language() -> str:
    """The tag of the language that this visitor reads, such as "de"; English where nobody asks."""
    tag = _chosen.get("")
    if tag:
        return tag
    if get_script_run_ctx(suppress_warning=True) is None:
        return SOURCE
    tag = negotiated(st.context.cookies.get(COOKIE, ""), st.context.headers.get("accept-language", ""))
    _chosen.set(tag)  # for the rest of this run of the script
    return tag


def choose_language(cookies: Mapping[str, str], accepted: str) -> str:
    """Note which language the request at hand is answered in, and return its tag."""
    tag = negotiated(cookies.get(COOKIE, ""), accepted)
    _chosen.set(tag)
    return tag


@functools.lru_cache(maxsize=1024)
def negotiated(cookie: str, accepted: str) -> str:
    """The best of our languages for a cookie and an Accept-Language header, both untrusted."""
    there = {tag.lower(): tag for tag in (SOURCE, *languages())}
    if cookie.lower() in there:
        return there[cookie.lower()]
    wishes = [part.partition(";") for part in accepted.lower()[:1000].split(",")]
    ranked = sorted(wishes, key=lambda wish: -_quality(wish[2]))
    for tag, _, rest in ranked:
        name = tag.strip()
        found = there.get(name) or there.get(name.partition("-")[0])
        if found and _quality(rest) > 0:
            return found
    return SOURCE


def _quality(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0


@functools.cache
def languages() -> dict[str, Path]:
    """The file of every language but English, by its tag."""
    folders = [ASSETS / "languages", *(Path(name) for name in [os.environ.get(FOLDER)] if name)]
    return {path.stem.replace("_", "-"): path for folder in folders for path in sorted(folder.glob("*.po"))}


@functools.cache
def names() -> dict[str, str]:
    """What every language calls itself, by its tag, English first."""
    from babel import Locale, UnknownLocaleError

    told = {SOURCE: "English"}
    for tag in languages():
        try:
            name = str(Locale.parse(tag, sep="-").get_display_name(tag.replace("-", "_")))
            told[tag] = name[:1].upper() + name[1:]
        except (UnknownLocaleError, ValueError):
            told[tag] = tag
    return told


@functools.cache
def spoken(tag: str) -> Language:
    return ENGLISH if tag not in languages() else _Translated(tag)


class _Translated:
    """A language read from its file, with the signs for numbers that Unicode's CLDR gives it."""

    def __init__(self, tag: str) -> None:
        from babel import UnknownLocaleError
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po
        from babel.numbers import get_decimal_symbol, get_group_symbol

        with languages()[tag].open(encoding="utf-8") as file:
            self.catalog = read_po(file, locale=tag.replace("-", "_"))
        compiled = io.BytesIO()
        write_mo(compiled, self.catalog)
        compiled.seek(0)
        self._words = gettext.GNUTranslations(compiled)
        try:
            locale = tag.replace("-", "_")
            self.signs = str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})
        except (UnknownLocaleError, ValueError):
            self.signs = {}

    def translate(self, template: str) -> str:
        return self._words.gettext(template) if template else template

    def translate_plural(self, one: str, many: str, count: float) -> str:
        return self._words.ngettext(one, many, int(count))

    def number(self, written: str) -> str:
        return written.translate(self.signs)


def words(tag: str) -> dict[str, Any]:
    """All that the browser needs to speak a language: every translated template, a list of forms where there are
    several, and which of them is for which count. Raises KeyError for a language that is not here."""
    if tag == SOURCE:
        return {"words": {}, "plurals": []}
    languages()[tag]
    spoken_there = spoken(tag)
    assert isinstance(spoken_there, _Translated)
    told: dict[str, Any] = {}
    for message in spoken_there.catalog:
        if message.id and all(message.string if isinstance(message.string, tuple) else [message.string]):
            template = message.id if isinstance(message.id, str) else message.id[0]
            told[template] = list(message.string) if isinstance(message.string, tuple) else message.string
    form_of = gettext.c2py(spoken_there.catalog.plural_expr)
    return {"words": told, "plurals": [form_of(count) for count in range(PLURALS_TOLD)]}
