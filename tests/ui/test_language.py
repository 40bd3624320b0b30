import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.files import ASSETS
from engine.text import Text, plural
from tools.texts import collected, pseudo, write_pseudo
from ui import language
from ui.language import choose_language, languages, negotiated, say, say_number, words

GERMAN = """
msgid ""
msgstr ""
"Language: de\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "{count:,} picture"
msgid_plural "{count:,} pictures"
msgstr[0] "{count:,} Bild"
msgstr[1] "{count:,} Bilder"

msgid "Layer {number}"
msgstr "Schicht {number}"

msgid "not yet translated"
msgstr ""
"""


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "de.po").write_text(GERMAN, encoding="utf-8")
    shutil.copy(tmp_path / "de.po", tmp_path / "pt_BR.po")
    monkeypatch.setenv(language.FOLDER, str(tmp_path))
    caches = (language.languages, language.names, language.spoken, language.negotiated)
    for cache in caches:
        cache.cache_clear()
    token = language._chosen.set("de")
    yield
    language._chosen.reset(token)
    monkeypatch.undo()
    for cache in caches:
        cache.cache_clear()


@pytest.mark.usefixtures("german")
def test_what_is_said_is_said_in_the_language_chosen_with_its_numbers() -> None:
    assert say("Layer {number}", number=3) == "Schicht 3"
    assert say(plural("{count:,} picture", "{count:,} pictures", count=12345)) == "12.345 Bilder"
    assert say(Text("{what} 2", what=Text("Layer {number}", number=1))) == "Schicht 1 2"
    assert say_number(1234.5, ",.1f") == "1.234,5"
    assert say("not yet translated") == "not yet translated"


@pytest.mark.usefixtures("german")
def test_a_cookie_comes_before_the_browser_and_nonsense_is_english() -> None:
    assert negotiated("", "de-AT,de;q=0.9,en;q=0.5") == "de"
    assert negotiated("en", "de") == "en"
    assert negotiated("../../etc/passwd", "en;q=0.4, pt-BR;q=0.8, de;q=0.1") == "pt-BR"
    assert negotiated("", "fr, de;q=0") == "en"
    assert negotiated("", ";;;q=x,,") == "en"
    assert choose_language({"playground_language": "DE"}, "") == "de"


@pytest.mark.usefixtures("german")
def test_the_browser_gets_the_words_and_which_form_is_for_which_count() -> None:
    told = words("de")
    assert told["words"]["Layer {number}"] == "Schicht {number}"
    assert told["words"]["{count:,} picture"] == ["{count:,} Bild", "{count:,} Bilder"]
    assert "not yet translated" not in told["words"]
    assert told["plurals"][:4] == [1, 0, 1, 1]
    assert language.names() == {"en": "English", "de": "Deutsch", "pt-BR": "Português (Brasil)"}


def test_english_is_there_without_a_file_and_is_said_where_nobody_asks() -> None:
    assert not languages()
    assert say("Layer {number}", number=3) == "Layer 3"


def test_a_pseudo_language_is_longer_and_keeps_what_translators_keep() -> None:
    said = pseudo("Train **{name}** with {count:,} pictures :material/add: of [it](/data)")
    assert "{name}" in said and "{count:,}" in said and ":material/add:" in said and "](/data)" in said
    assert "Train" not in said and len(said) > 1.2 * len(
        "Train **{name}** with {count:,} pictures :material/add: of [it]"
    )


def test_a_text_without_words_is_the_same_in_the_pseudo_language() -> None:
    assert pseudo("{share:.1f} %") == "{share:.1f} %" and pseudo("{seconds} s") != "{seconds} s"


def test_texts_of_python_and_of_scripts_are_collected_into_one_catalogue(tmp_path: Path) -> None:
    places = {place.rpartition(".")[2] for message in collected() for place, _ in message.locations}
    assert places == {"py", "js"}
    assert write_pseudo(tmp_path).read_text(encoding="utf-8").count("⟦") >= 10


def test_no_text_stands_inside_an_f_string_where_it_would_not_be_collected() -> None:
    for path in (ASSETS.parent / "ui").rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        inside = (part for node in nodes if isinstance(node, ast.JoinedStr) for part in ast.walk(node))
        for call in (part for part in inside if isinstance(part, ast.Call)):
            marked = isinstance(call.func, ast.Name) and call.func.id in ("say", "Text", "plural")
            assert not (marked and isinstance(call.args[0], ast.Constant)), f"{path.name}:{call.lineno}"
