"""Reads a lesson from text. What is wrong is said with its line; nothing in a lesson runs or loads anything."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from engine.catalogue.params import SpecError
from engine.lessons.conditions import condition_from_text, number_from_text
from engine.lessons.lesson import Choice, Curve, Lesson, Number, Step, Way
from engine.text import Text
from engine.training.architectures import ALL_PRESETS

MOST_CHARACTERS, MOST_LINES, MOST_STEPS, MOST_ANSWERS, MOST_HINTS, MOST_WAYS = 40_000, 1_000, 20, 6, 3, 3
LONGEST_LINE = 1_000
PLACES = ("/", "/points", "/build", "/train", "/inside", "/draw", "/gan", "/runs", "/machine")
ADDRESS = re.compile(r"[\w/?=&%.,+~-]{1,2000}")
LINE = re.compile(r"(\w+):(?:\s+(.*))?")
IN_HEAD = ("title", "question", "minutes", "goals", "surprise", "beliefs", "talk", "standards", "source")
LISTS = ("goals", "beliefs", "talk")
IN_STEP = ("choose", "number", "curve", "open", "until", "hint", "tell")
Read = TypeVar("Read")
UNIT = re.compile(r"([^,]{1,40}), (\S+) to (\S+)")  # such as "per cent, 0 to 100"
MOST_PLACES = 16  # of a curve
CURVE_CURE = Text("Write: curve: How ...? | 1 2 3 | per cent, 0 to 100 | 91.5 94 95.2")
UNWANTED = re.compile(r"!\[|\]\((?!https://)|<[a-zA-Z/!]")


@dataclass
class _Part:
    """A line `word: text` with what belongs to it: the lines of its list, the one that is marked as right."""

    word: str
    line: int
    text: str
    items: list[str] = field(default_factory=list)
    right: list[int] = field(default_factory=list)


def lesson_from_text(text: str) -> Lesson:
    """Read a lesson as docs/lessons.md tells to write it. Raises SpecError, whose text names the line."""
    if len(text) > MOST_CHARACTERS or text.count("\n") > MOST_LINES:
        what = Text(
            "A lesson has at most {count:,} characters in {lines:,} lines.", count=MOST_CHARACTERS, lines=MOST_LINES
        )
        raise SpecError(what, Text("Make two of it."))
    lines = list(enumerate(text.replace("\r\n", "\n").split("\n"), 1))
    for number, line in lines:
        if len(line) > LONGEST_LINE:
            raise _wrong(
                number, Text("this line is too long."), Text("Break it: a line that begins with two spaces goes on.")
            )
        if UNWANTED.search(line):
            raise _wrong(
                number, Text("pictures, HTML and links other than https are not shown."), Text("Say it in words.")
            )
    starts = [at for at, (_, line) in enumerate(lines) if line.startswith("## ")]
    if not starts:
        raise _wrong(len(lines), Text("a lesson needs steps."), Text("Begin each with a line such as: ## A guess"))
    if len(starts) > MOST_STEPS:
        raise _wrong(lines[starts[MOST_STEPS]][0], Text("too many steps."), Text("Keep to {count}.", count=MOST_STEPS))
    head = {part.word: part for part in _parts(lines[: starts[0]], IN_HEAD)[0]}
    ends = [*starts[1:], len(lines)]
    steps = tuple(_step(lines[start:end]) for start, end in zip(starts, ends, strict=True))
    for word in ("title", "question", "minutes"):
        if word not in head or not head[word].text:
            raise _wrong(
                1, Text("the lesson has no {word}.", word=word), Text("Add a line such as: {word}: ...", word=word)
            )
    minutes = _read(head["minutes"], head["minutes"].text, number_from_text)
    if not 1 <= minutes <= 600:
        raise _wrong(head["minutes"].line, Text("a lesson takes 1 to 600 minutes."), Text("Write one such as 15."))

    def said(word: str) -> str:
        return head[word].text if word in head else ""

    def listed(word: str) -> tuple[str, ...]:
        return tuple(head[word].items) if word in head else ()

    return Lesson(
        said("title"),
        said("question"),
        int(minutes),
        listed("goals"),
        steps,
        said("surprise"),
        listed("beliefs"),
        listed("talk"),
        said("standards"),
        said("source"),
    )


def _parts(lines: list[tuple[int, str]], words: tuple[str, ...]) -> tuple[list[_Part], str]:
    """The lines that begin with one of the words, and all others as Markdown."""
    parts: list[_Part] = []
    text: list[str] = []
    last: _Part | None = None
    for number, line in lines:
        found = LINE.fullmatch(line)
        if found and found[1] in words:
            last = _Part(found[1], number, (found[2] or "").strip())
            parts.append(last)
        elif last and line.startswith("  ") and line.strip():
            if last.items:
                last.items[-1] += " " + line.strip()
            else:
                last.text = f"{last.text} {line.strip()}".strip()
        elif last and last.word in ("choose", *LISTS) and line[:2] in ("- ", "* "):
            if line[0] == "*":
                last.right.append(len(last.items))
            last.items.append(line[2:].strip())
        else:
            if line.strip() and words is IN_HEAD:
                raise _wrong(
                    number,
                    Text("{part} is not known before the first step.", part=line[:60]),
                    Text("Use one of: {names}.", names=", ".join(IN_HEAD)),
                )
            last = None if line.strip() else last
            text.append(line)
    return parts, "\n".join(text).strip()


def _step(lines: list[tuple[int, str]]) -> Step:
    number, title = lines[0]
    parts, text = _parts(lines[1:], IN_STEP)
    asks = [part for part in parts if part.word in ("choose", "number", "curve")]
    until, tells, ways, hints = (_of(parts, word) for word in ("until", "tell", "open", "hint"))
    for found, most in ((asks, 1), (until, 1), (tells, 1), (ways, MOST_WAYS), (hints, MOST_HINTS)):
        if len(found) > most:
            part = found[most]
            raise _wrong(
                part.line, Text("too much of {word} in one step.", word=part.word), Text("Make a step of its own.")
            )
    if not text:
        raise _wrong(number, Text("this step says nothing."), Text("Add a sentence below its title."))
    return Step(
        title[3:].strip()[:80],
        text,
        _question(asks[0]) if asks else None,
        tuple(map(_way, ways)),
        _read(until[0], until[0].text, condition_from_text) if until else None,
        tuple(part.text for part in hints),
        tells[0].text if tells else "",
    )


def _of(parts: list[_Part], word: str) -> list[_Part]:
    return [part for part in parts if part.word == word]


def _question(part: _Part) -> Choice | Number | Curve:
    if part.word == "curve":
        return _curve(part)
    if part.word == "number":
        question, _, answer = part.text.rpartition("|")
        if not question.strip():
            raise _wrong(part.line, Text("the answer is missing."), Text("Write: number: How many ...? | 784"))
        return Number(question.strip(), _read(part, answer.strip(), number_from_text))
    if not 2 <= len(part.items) <= MOST_ANSWERS or len(part.right) != 1 or len(set(part.items)) < len(part.items):
        raise _wrong(
            part.line,
            Text("a choice has two to six different answers, one of them right."),
            Text("Begin the lines of the wrong ones with - and that of the right one with *."),
        )
    return Choice(part.text, tuple(part.items), part.right[0])


def _curve(part: _Part) -> Curve:
    question, *told = (piece.strip() for piece in part.text.split("|"))
    unit = UNIT.fullmatch(told[1]) if len(told) == 3 else None
    if not question or unit is None:
        raise _wrong(part.line, Text("this curve cannot be drawn."), CURVE_CURE)
    across = tuple(told[0].split())
    low, high, *right = (_read(part, text, number_from_text) for text in (unit[2], unit[3], *told[2].split()))
    if not 3 <= len(across) <= MOST_PLACES or len(right) != len(across):
        raise _wrong(
            part.line,
            Text("a curve has 3 to {most} places, and a value for each.", most=MOST_PLACES),
            CURVE_CURE,
        )
    if not low < high or not all(low <= value <= high for value in right):
        raise _wrong(part.line, Text("the values lie outside the bounds."), CURVE_CURE)
    return Curve(question, across, unit[1], low, high, tuple(right))


def _way(part: _Part) -> Way:
    label, _, address = part.text.rpartition("|")
    label, address = label.strip(), address.strip()
    split = urlsplit(address) if ADDRESS.fullmatch(address) else None
    if not label or split is None or split.scheme or split.netloc or split.path not in PLACES:
        raise _wrong(
            part.line,
            Text("this leads nowhere in the playground."),
            Text("Write: open: Build it | /build?preset=mlp, with one of {names}.", names=", ".join(PLACES)),
        )
    asked = parse_qs(split.query).get("preset", [])
    if any(name not in ALL_PRESETS for name in asked):
        raise _wrong(
            part.line,
            Text("there is no preset {name}.", name=asked[0]),
            Text("Use one of: {names}.", names=", ".join(ALL_PRESETS)),
        )
    return Way(label, address)


def _read(part: _Part, text: str, read: Callable[[str], Read]) -> Read:
    """What `read` makes of a text of the part's line."""
    try:
        return read(text)
    except SpecError as error:
        raise _wrong(part.line, error.what, error.cure) from error


def _wrong(line: int, what: Text, cure: Text) -> SpecError:
    return SpecError(Text("Line {line}: {what}", line=line, what=what), cure)
