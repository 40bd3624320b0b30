"""What scripts and styles show goes through `say`: no English stands in assets/web outside of it."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.jslexer import tokenize, unquote_string

from engine.files import ASSETS
from tools.texts import collected

WEB = ASSETS / "web"
SCRIPTS = sorted(WEB.rglob("*.js"))
SHEETS = sorted(WEB.rglob("*.css"))
CLASSES = {name for sheet in SHEETS for name in re.findall(r"\.([a-zA-Z][\w-]*)", sheet.read_text(encoding="utf-8"))}
SAID = {"say": 1, "plural": 2}  # a call, and how many of its first values are texts
UNSEEN = {"querySelector", "querySelectorAll", "closest", "matches", "matchMedia", "Error"}  # calls with other strings
KEYS = {"Escape", "Delete", "Enter", "Home", "End"}
HOLE = "\0"
Literal = tuple[str, str, int, int]  # its text, the call it stands in, its place among the values, the line


def literals(source: str, first_line: int = 1) -> Iterator[Literal]:
    """Every string of a script, those within templates too; a template has a hole for each value."""
    calls: list[list[str | int]] = [["", 0]]
    before = ""
    for token in tokenize(source, jsx=False, dotted=False, template_string=True):
        line = first_line + token.lineno - 1
        if token.type == "operator" and token.value in "([{":
            calls.append([before if token.value == "(" else "", 0])
        elif token.type == "operator" and token.value in ")]}":
            calls.pop()
        elif token.type == "operator" and token.value == ",":
            calls[-1][1] = int(calls[-1][1]) + 1
        elif token.type == "string":
            yield unquote_string(token.value), str(calls[-1][0]), int(calls[-1][1]), line
        elif token.type == "template_string":
            text, values = without_values(token.value[1:-1])
            yield text, str(calls[-1][0]), int(calls[-1][1]), line
            for value in values:
                yield from literals(value, line)
        before = token.value if token.type == "name" else ""


def without_values(template: str) -> tuple[str, list[str]]:
    text, values, at = "", [], 0
    while (start := template.find("${", at)) >= 0:
        end, depth = start + 2, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(template[end], 0)
            end += 1
        text, at = text + template[at:start] + HOLE, end
        values.append(template[start + 2 : end - 1])
    return text + template[at:], values


def is_english(text: str) -> bool:
    """Whether a person would read it: words side by side or a capital, but no classes or selectors."""
    if text.startswith(".") or all(
        "-" in word or any(name.startswith(word.partition(HOLE)[0]) for name in CLASSES) for word in text.split()
    ):
        return False
    plain = re.sub(r"<[^>]*>", "", text)
    return bool(
        re.search(r"[^\W\d_]{2,}[,.:;?!]*\s+\(?[^\W\d_]{2,}", plain) or re.fullmatch(r"\W*[A-Z][a-z]+\W*", plain)
    )


def found(path_name: str, source: str) -> list[str]:
    return [
        f"{path_name}:{line}: {text}"
        for text, call, place, line in literals(source)
        if place >= SAID.get(call, 0) and call not in UNSEEN and text not in KEYS and is_english(text)
    ]


def test_no_english_stands_in_a_script_outside_of_say() -> None:
    scripts = [(path.relative_to(WEB).as_posix(), path.read_text(encoding="utf-8")) for path in SCRIPTS]
    assert [text for name, source in scripts for text in found(name, source)] == []


def test_no_english_stands_in_a_style_sheet() -> None:
    shown = re.compile(r'content:\s*"[^"]*[a-zA-Z]{2,}[^"]*"')
    assert [path.name for path in SHEETS if shown.search(path.read_text(encoding="utf-8"))] == []


def test_every_text_of_a_script_reaches_the_translators() -> None:
    known = {
        part for message in collected() for part in (message.id if isinstance(message.id, tuple) else [message.id])
    }
    said = {
        text
        for path in SCRIPTS
        for text, call, place, _ in literals(path.read_text(encoding="utf-8"))
        if place < SAID.get(call, 0)
    }
    assert len(said) > 200
    whole = " ".join(known)
    assert [text for text in said if text not in known and text not in whole] == []


@pytest.mark.parametrize(
    "source",
    [
        'write(node, "Nothing to see");',
        'button({ label: "Undo" });',
        "write(node, `${count} points drawn`);",
        'write(node, `${say("fine")} but this is not`);',
        'say("fine {what}", { what: "not fine" });',
        'write(node, ok ? say("fine") : "This is not");',
    ],
)
def test_english_outside_of_say_is_found(source: str) -> None:
    assert len(found("x.js", source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        'say("All is " + "well"); plural("{count} is well", "{count} are well", { count });',
        'append(root, "div", "studio-button studio-bare"); append(root, "i", `study-row study-${role}`);',
        'root.querySelector(".pen input"); import { say } from "../lib/text.js"; // An English comment.',
    ],
)
def test_what_is_no_english_on_screen_is_let_pass(source: str) -> None:
    assert found("x.js", source) == []
