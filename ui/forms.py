"""Catalogue parameters and the views of a page as widgets: the only place that maps a parameter's kind to one."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from html import escape
from typing import Any, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.catalogue.params import Choice, Param, Row, SpecError, Value, choose
from engine.text import Text, sentences
from engine.training.config import CATALOGUES, SETTINGS, TrainConfig
from ui.language import say, say_number
from ui.state import enter, entered, seed, settle

Changed = Callable[[Value], None]
SLIDER_DECADES = 7
REFUSED = "refused-entry"  # (key of its field, entry, number that holds)
CATALOGUE_TITLES = {"optimizer": Text("Optimizer"), "loss": Text("Loss"), "schedule": Text("Schedule")}


def param_widget(
    param: Param,
    value: Value,
    key: str,
    container: DeltaGenerator | None = None,
    *,
    changed: Changed | None = None,
) -> Value:
    """Draw the widget of `param` showing `value`; return what the visitor entered, of the parameter's type and range.
    An entry out of range is not taken: the field goes back, and words below it say what is allowed.

    The widget follows `value` whenever that changes from outside (undo, preset, link). `changed` is called with a
    new entry before the page is drawn again.
    """
    seed(key, _in_field(param, value))
    with _inside(container):
        entry = _widget(param, _checked(param, entered(key), value), key, changed)
        result = _checked(param, entry, value)
        _say_refusal(param, key, result)
    settle(key, _in_field(param, result))
    return result


def choice_form(
    label: str,
    rows: Mapping[str, Row],
    choice: Choice,
    key: str,
    container: DeltaGenerator | None = None,
    *,
    names: Mapping[str, str] | None = None,
) -> Choice:
    """A select box for the row of a catalogue and a widget for each of its parameters; returns what they say.

    `names` gives kinds a name for people. A newly picked row starts from its defaults.
    """
    shown = names or {}
    seed(key, choice.kind)
    with _inside(container):
        kind = st.selectbox(label, list(rows), key=key, format_func=lambda k: shown.get(k, k), help=_docs(rows, shown))
        settle(key, kind)
        values = choice.values if kind == choice.kind else choose(rows, kind, {}, label).values
        entries = {n: param_widget(rows[kind].params[n], v, f"{key}.{kind}.{n}") for n, v in values}
    return choose(rows, kind, entries, label)


def settings_form(
    config: TrainConfig, names: Iterable[str] = SETTINGS, key: str = "training", container: DeltaGenerator | None = None
) -> TrainConfig:
    """The widgets of the plain training settings, batch size, epochs and so on; returns the settings with them."""
    entries = {n: param_widget(SETTINGS[n], getattr(config, n), f"{key}.{n}", container) for n in names}
    return replace(config, **cast(dict[str, Any], entries))


def catalogue_form(
    config: TrainConfig, name: str, key: str = "training", container: DeltaGenerator | None = None
) -> TrainConfig:
    """The widgets of one catalogue setting: "optimizer", "loss" or "schedule"; returns the settings with it."""
    rows: Mapping[str, Row] = CATALOGUES[name]
    choice = choice_form(say(CATALOGUE_TITLES[name]), rows, getattr(config, name), f"{key}.{name}", container)
    return replace(config, **{name: choice})  # type: ignore[arg-type]


def step_of(param: Param) -> float:
    """The step of a number field's arrows: near a twentieth of the range, 1, 2 or 5 times a power of ten."""
    span = param.high - param.low
    if not math.isfinite(span):
        return 0.1
    power = 10.0 ** math.floor(math.log10(span / 20))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= span / 20 * 0.999)


def slider_steps(param: Param) -> list[float]:
    """1, 2, 5 times powers of ten, within the parameter's range; 0 comes first where the range starts there."""
    top = math.floor(math.log10(param.high))
    bottom = math.floor(math.log10(param.low)) if param.low > 0 else top - SLIDER_DECADES
    steps = [float(f"{digit}e{power}") for power in range(bottom, top + 1) for digit in (1, 2, 5)]
    inside = [s for s in steps if param.low <= s <= param.high]
    return inside if param.low > 0 else [0.0, *inside]


def _widget(param: Param, value: Value, key: str, changed: Changed | None) -> Any:
    """The widget, which stands at `value`; a number field that is emptied goes back to it."""
    label = say("{label} ({unit})", label=param.label, unit=param.unit) if param.unit else say(param.label)
    reported = {"on_change": _report, "args": (param, value, key, changed)}
    common: dict[str, Any] = {"key": key, "help": say(param.help) or None, **reported}
    match param.kind:
        case "bool":
            return st.toggle(label, **common)
        case "choice":
            return st.selectbox(label, param.options, format_func=lambda option: _option(param, option), **common)
        case "int":
            step = 1000 if 10_000 < param.high - param.low < 1_000_000 else 1
            if param.lowest:
                return st.number_input(
                    label, value=_in_field(param, value), step=step, placeholder=say(param.lowest), **common
                )
            return st.number_input(label, value=int(value), step=step, **common)
        case "float" if param.log:
            return _log_widget(param, float(value), key, label, common)
        case "float":
            return st.number_input(label, value=float(value), step=step_of(param), format="%.6g", **common)


def _option(param: Param, option: str) -> str:
    shown = param.shown(option)
    return say(shown) if isinstance(shown, Text) else str(shown)


def _log_widget(param: Param, value: float, key: str, label: str, common: Mapping[str, Any]) -> Any:
    """A slider of round steps with the exact value beside it; the exact one counts, moving the slider sets it."""
    slider = f"{key}.slider"
    seed(slider, value)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"log-{key}"):
        st.select_slider(
            label,
            sorted({*slider_steps(param), value}),
            key=slider,
            help=say(param.help),
            format_func=say_number,
            on_change=_slid,
            args=(slider, key, common),
        )
        settle(slider, value)
        usual = float(param.default) or slider_steps(param)[1]
        step = 10.0 ** (math.floor(math.log10(usual)) - 1)
        name = say("{label}, exact value", label=label)
        hidden = {"label_visibility": "collapsed", "width": 110}
        return st.number_input(name, value=value, step=step, format="%.6g", **{**common, **hidden})


def _slid(slider: str, key: str, common: Mapping[str, Any]) -> None:
    enter(key, float(entered(slider)))
    common["on_change"](*common["args"])


def _report(param: Param, value: Value, key: str, changed: Changed | None) -> None:
    """Take back a number out of range, and note it until the next entry in any field; report one that is taken."""
    entry = entered(key)
    result = _checked(param, entry, value)
    refused = entry != result and isinstance(entry, int | float)
    enter(REFUSED, (key, entry, result) if refused else None)
    if refused:
        enter(key, result)
    if changed and result != value:
        changed(result)


def _say_refusal(param: Param, key: str, held: Value) -> None:
    """What is wrong with the number refused last, its range, and which one holds. The field itself knows no bounds: a
    browser would turn it red without a word, and keep the entry from us."""
    field, entry, stayed = entered(REFUSED) or ("", 0, 0)
    if field != key or stayed != held:
        return
    try:
        param.check(entry, param.label)
    except SpecError as error:
        wrong = Text("{label}: {value:n} is out of range.", label=param.label, value=entry)
        words = sentences(wrong, error.cure, Text("It stays at {value:n}.", value=held))
        field_class = re.sub(r"[^\w-]", "-", f"st-key-{key}")
        framed = (
            f'<style>.{field_class} [data-testid="stNumberInputContainer"] {{ border-color: var(--wrong) }}</style>'
        )
        st.html(f'<p class="refused" role="alert">{escape(say(words))}</p>{framed}')


def _in_field(param: Param, value: Value) -> Any:
    """What the field shows: nothing where the lowest number stands for a word, which is then seen in its place."""
    return None if param.lowest and value == param.low else value


def _checked(param: Param, entry: object, value: Value) -> Value:
    """The entry, or what stood there before when it is out of range or of another type."""
    if param.lowest and entry is None:
        return int(param.low)
    try:
        return param.check(entry, param.label)
    except SpecError:
        return value


def _inside(container: DeltaGenerator | None) -> AbstractContextManager[Any]:
    return nullcontext() if container is None else container


def _docs(rows: Mapping[str, Row], shown: Mapping[str, str]) -> str | None:
    """One line for each row that says what it is, as Markdown in which formulas keep their stars."""
    docs = [(shown.get(kind, kind), say(getattr(row, "doc", ""))) for kind, row in rows.items()]
    return "\n".join("- **{}**: {}".format(kind, doc.replace("*", r"\*")) for kind, doc in docs if doc) or None


def text_widget(label: str, value: str, key: str, limit: int, changed: Callable[[str], None]) -> None:
    """A line of text of at most `limit` characters."""
    seed(key, value)
    st.text_input(label, max_chars=limit, key=key, on_change=lambda: changed(entered(key)))
    settle(key, value)


def plain(text: str) -> str:
    """Text that is no Markdown, such as a name that somebody gave or a formula."""
    return "".join(f"\\{c}" if c in "\\*[]_`$<:~" else c for c in text)


def choose_view(label: Text, titles: Mapping[str, Text], key: str) -> str:
    """A row of `titles`, the first of which needs no word in the address; the key of the view that was chosen.

    Streamlit's own binding to the address would write the titles there, so a link opened in one language would mean
    nothing in another.
    """
    first, asked = next(iter(titles)), st.query_params.get(key, "")
    seed(key, asked if asked in titles else first)
    chosen = st.segmented_control(
        say(label),
        list(titles),
        key=key,
        format_func=lambda view: say(titles[view]),
        required=True,
        label_visibility="collapsed",
    )
    view = chosen or first
    settle(key, view)
    if view != first and view != asked:
        st.query_params[key] = view
    elif view == first and asked:
        del st.query_params[key]
    return view
