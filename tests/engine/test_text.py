import json
import pickle

import pytest

from engine.catalogue.params import SpecError
from engine.text import PLACE, Text, filled, plural, sentences, text_from_json
from engine.training.events import Failed, as_json


class Backwards:
    """A language that says every template from its end, and numbers with a comma for a point."""

    def translate(self, template: str) -> str:
        parts = PLACE.split(template)
        return "".join(p if i % 3 == 0 else "" for i, p in enumerate(parts))[::-1] + "".join(
            f"{{{name}:{form}}}" if form else f"{{{name}}}" for name, form in PLACE.findall(template)
        )

    def translate_plural(self, one: str, many: str, count: float) -> str:
        return f"{count:g} times {many}"

    def number(self, written: str) -> str:
        return written.translate(str.maketrans(",.", ".,"))


def test_a_text_prints_as_english_with_its_values() -> None:
    text = Text(
        "{name} has {count:,} parameters, {share:.1f} % of {limit:n}.", name="mlp", count=12345, share=9.876, limit=1e-6
    )
    assert str(text) == "mlp has 12,345 parameters, 9.9 % of 1e-06."


def test_a_text_is_said_in_another_language_and_so_are_the_texts_in_it() -> None:
    text = Text("abc {inner} {value:,.1f}", inner=Text("xyz"), value=1234.5)
    assert text.printed(Backwards()) == "  cbazyx1.234,5"


def test_a_count_chooses_the_form() -> None:
    said = [str(plural("{count} run", "{count} runs", count=count)) for count in (0, 1, 2)]
    assert said == ["0 runs", "1 run", "2 runs"]
    assert plural("{count} run", "{count} runs", count=3).printed(Backwards()) == "3 times 3 runs"


def test_no_value_can_reach_into_what_it_is_put_into() -> None:
    assert filled("{name.__class__} {name!r} {other}", {"name": "x"}) == "{name.__class__} {name!r} {other}"
    assert str(Text("{name}", name="{secret}", secret="no")) == "{secret}"


def test_texts_are_plain_data() -> None:
    text = plural("{count} run", "{count} runs", count=3, kind=Text("mlp"))
    assert pickle.loads(pickle.dumps(text)) == text
    assert len({text, plural("{count} run", "{count} runs", count=3, kind=Text("mlp"))}) == 1
    told = {"text": "{count} run", "many": "{count} runs", "values": {"count": 3, "kind": {"text": "mlp"}}}
    assert text.to_json() == told
    assert text_from_json(told) == text
    assert str(text_from_json("A sentence that was stored {as} it is.")) == "A sentence that was stored {as} it is."


def test_an_error_keeps_its_texts_and_prints_whole() -> None:
    error = SpecError(Text("Layer {number} is too wide.", number=2), Text("Use fewer units."))
    assert str(error) == str(error.text) == "Layer 2 is too wide. Use fewer units."
    assert sentences(error.what, error.cure) == error.text


def test_an_event_tells_template_and_values_and_never_a_finished_sentence() -> None:
    told = as_json(Failed(Text("It took {size} MB.", size=5), Text("Use less.")))
    assert told == {
        "event": "failed",
        "why": {"text": "It took {size} MB.", "values": {"size": 5}},
        "cure": {"text": "Use less."},
    }


def test_what_is_no_number_travels_as_a_word() -> None:
    text = Text("D's loss is {loss:.3g}.", loss=float("nan"))
    told = text.to_json()
    assert json.loads(json.dumps(told, allow_nan=False)) == told == {"text": text.template, "values": {"loss": "nan"}}
    assert str(text) == str(Text(told["text"], **told["values"])) == "D's loss is nan."


@pytest.mark.parametrize("written", ["{", "}", "{}", "{a", "a}", "{{a}}"])
def test_braces_that_are_no_place_stay(written: str) -> None:
    assert "1" not in str(Text(written, b=1))
