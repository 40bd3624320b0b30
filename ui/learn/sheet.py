"""A lesson on paper: for the one who teaches, with the answers, or for learners, with room to write."""

import re
from collections.abc import Iterable
from html import escape

from engine.lessons.lesson import Choice, Curve, Lesson, Number, Step
from engine.text import plural
from ui.language import language, say, say_number

BOLD, CODE, LINK = (
    re.compile(r"\*\*(.+?)\*\*"),
    re.compile(r"`([^`]+)`"),
    re.compile(r"\[([^\]]+)\]\((https://[^)\s]+)\)"),
)
WIDE, HIGH, LEFT, BELOW = 560, 200, 56, 34  # px of an empty curve


def sheet_html(lesson: Lesson, with_answers: bool) -> str:
    """One page of HTML that loads nothing and is made to be printed, in the reader's language."""
    minutes = say(plural("{count} minute", "{count} minutes", count=lesson.minutes))
    parts = [f"<h1>{_words(lesson.title)}</h1>", f'<p class="question">{_words(lesson.question)} {escape(minutes)}</p>']
    parts.append(_points(say("Goals"), lesson.goals))
    if with_answers:
        parts.append(_points(say("What surprises"), [lesson.surprise] if lesson.surprise else []))
        parts.append(_points(say("What learners often believe, and the answer"), lesson.beliefs))
        parts.append(_points(say("To ask the class"), lesson.talk))
        parts += [f"<p><small>{_words(said)}</small></p>" for said in (lesson.standards, lesson.source) if said]
    parts += [_step(number, step, with_answers) for number, step in enumerate(lesson.steps, 1)]
    title, lang = escape(lesson.title), escape(language() or "en", quote=True)
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    head += '<meta name="viewport" content="width=device-width, initial-scale=1">'
    return f'<!doctype html>\n<html lang="{lang}"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _step(number: int, step: Step, with_answers: bool) -> str:
    parts = [f"<h2>{number}. {_words(step.title)}</h2>"]
    parts += [f"<p>{_words(part)}</p>" for part in step.text.split("\n\n") if part.strip()]
    if step.asks:
        parts.append(f"<p><b>{_words(step.asks.question)}</b></p>" + _answer(step.asks, with_answers))
    if with_answers:
        word = escape(say("Hint"))
        parts += [f'<p class="hint">{word}: {_words(hint)}</p>' for hint in step.hints]
        if step.tells:
            parts.append(f'<p class="tell">{_words(step.tells)}</p>')
    else:
        seen = escape(say("What you saw:"))
        parts.append(f'<p class="note">{seen}</p>')
    return f"<section>{''.join(parts)}</section>"


def _answer(asks: Choice | Number | Curve, with_answers: bool) -> str:
    if isinstance(asks, Choice):
        marks = [
            "&#9745;" if with_answers and number == asks.right else "&#9744;" for number in range(len(asks.answers))
        ]
        return "".join(f"<p>{mark} {_words(answer)}</p>" for mark, answer in zip(marks, asks.answers, strict=True))
    if isinstance(asks, Curve):
        return _curve(asks, with_answers)
    answer = escape(say_number(asks.right)) if with_answers else "&#160;" * 12
    guess = escape(say("Your guess"))
    return f"<p>{guess}: <u>{'&#160;' * 12}</u></p>" + (f"<p>{answer}</p>" if with_answers else "")


def _curve(asks: Curve, with_answers: bool) -> str:
    """Axes to draw a curve into, with the true one where answers are wanted."""

    def place(number: int, value: float) -> tuple[float, float]:
        x = LEFT + (WIDE - LEFT - 20) * number / (len(asks.across) - 1)
        return x, 8 + (HIGH - BELOW - 8) * (1 - (value - asks.low) / (asks.high - asks.low))

    drawn = ""
    for line in range(5):
        value = asks.low + (asks.high - asks.low) * line / 4
        (x, y), (end, _) = place(0, value), place(len(asks.across) - 1, value)
        drawn += f'<line x1="{x:.0f}" y1="{y:.0f}" x2="{end:.0f}" y2="{y:.0f}"/>'
        drawn += f'<text x="{x - 8:.0f}" y="{y + 4:.0f}" text-anchor="end">{escape(say_number(value))}</text>'
    for number, name in enumerate(asks.across):
        x, y = place(number, asks.low)
        drawn += f'<text x="{x:.0f}" y="{y + 18:.0f}" text-anchor="middle">{escape(name)}</text>'
    if with_answers:
        points = " ".join("{:.0f},{:.0f}".format(*place(number, value)) for number, value in enumerate(asks.right))
        drawn += f'<polyline fill="none" points="{points}"/>'
    label = escape(asks.question, quote=True)
    return f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{label}">{drawn}</svg><p>{_words(asks.unit)}</p>'


def _points(title: str, points: Iterable[str]) -> str:
    listed = "".join(f"<li>{_words(point)}</li>" for point in points)
    return f"<h3>{escape(title)}</h3><ul>{listed}</ul>" if listed else ""


def _words(text: str) -> str:
    """A line of a lesson as HTML: bold, code and links as lessons may have them, all else as it is."""
    shown = BOLD.sub(r"<b>\1</b>", CODE.sub(r"<code>\1</code>", escape(text, quote=True)))
    return LINK.sub(r"\1 (\2)", shown)


STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 760px; margin: 2rem auto; padding: 0 1rem; }
body { color: #111; background: #fff; }
h1 { margin-bottom: 0; }
h2 { margin: 1.5rem 0 0.25rem; font-size: 1.2rem; }
h3 { margin: 1rem 0 0; font-size: 1rem; }
ul { margin: 0.25rem 0; }
p { margin: 0.25rem 0; }
.question { font-size: 1.1rem; }
.hint { color: #444; }
.tell { border-left: 3px solid #009e73; padding-left: 0.75rem; }
.note { border-bottom: 1px solid #999; min-height: 4.5rem; color: #444; }
svg { width: 100%; max-width: 560px; overflow: visible; } svg text { font-size: 13px; } line { stroke: #bbb; }
polyline { stroke: #009e73; stroke-width: 3; }
section { break-inside: avoid; }
@media print { body { margin: 0; max-width: none; } }
"""
