"""A classifier's run to take along: on one page of HTML that needs nothing else, and its curves as a table."""

import csv
import io
import time
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from engine.catalogue.layers import LAYERS
from engine.export.pytorch import pytorch_code
from engine.network.spec import plan, sizes
from engine.runs.info import RunInfo
from engine.runs.message import Message
from engine.training.config import CATALOGUES, SETTINGS
from ui.colours import COLOURS
from ui.data import data_title
from ui.forms import CATALOGUE_TITLES
from ui.language import language, say, say_number
from ui.runs.words import course, in_words, named, percent, plain_rows, rates

COLUMNS = ("step", "lr", "loss", "accuracy", "validation_loss", "validation_accuracy")
WIDE, HIGH, LEFT, BELOW = 720, 220, 56, 34  # px of a chart, and of its margins for numbers
MOST_POINTS = 700
LINES = 4  # across a chart
Points = Sequence[tuple[float, float]]


def settings_of(run: RunInfo, who: str | None = None) -> dict[str, str]:
    """How a run was trained, by label; settings that are off or as usual are left out. `who` asks, by default the
    visitor of the page."""
    config = run.job.config
    rows = {say("Data set"): data_title(run.job.network, who)}
    rows |= {say(title): in_words(getattr(config, name), CATALOGUES[name]) for name, title in CATALOGUE_TITLES.items()}
    rows |= {say("Learning rate"): rates(run), say("What became of it"): course(run)}
    if run.job.source:
        rows[say("First weights")] = say("those of a run at {accuracy}", accuracy=percent(run.job.source.accuracy))
        if run.job.source.frozen:
            rows[say("Frozen layers")] = say_number(run.job.source.frozen)
        if run.job.source.taught:
            rows[say("Digits of one's own")] = say_number(len(run.job.source.taught.taught))
    told = {name: param for name, param in SETTINGS.items() if not param.goes_unsaid(getattr(config, name))}
    return rows | plain_rows(told, config)


def layers_of(run: RunInfo) -> dict[str, list[str]]:
    """The columns of a table of its layers."""
    layers = plan(run.job.network).layers
    return {
        say("Layer"): [in_words(planned.layer, LAYERS) for planned in layers],
        say("Output"): [say(sizes(planned.out_shape)) for planned in layers],
        say("Parameters"): [say_number(planned.parameters) for planned in layers],
    }


def curves_csv(history: Message) -> str:
    """A line for each step, and for each time that the validation pictures were read; COLUMNS without units, shares
    from 0 to 1. What is not known at a step is empty."""
    steps = history.get("steps") or {}
    rows: dict[int, dict[str, Any]] = {}
    for number, step in enumerate(steps.get("step", ())):
        rows[step] = {name: steps[name][number] for name in COLUMNS[:4] if name in steps}
    for event in history["events"]:
        if event["event"] == "evaluated":
            found = {"validation_loss": event["loss"], "validation_accuracy": event["accuracy"]}
            rows.setdefault(event["step"], {"step": event["step"]}).update(found)
    with io.StringIO(newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows[step] for step in sorted(rows))
        return file.getvalue()


def report_html(run: RunInfo, history: Message, who: str) -> str:
    """The page for the visitor `who`, in their language: what the run reached, its curves, what was taken for what, how
    it was trained, its layers, and a program that repeats it."""
    title, when = named(run.name), time.strftime("%Y-%m-%d %H:%M", time.localtime(run.created))
    parts = [
        _element("h1", title),
        _element("p", say("Started {when}", when=when) if run.created else say("Recorded")),
        _result(run),
        *_charts(history),
        _confusion(run),
        _element("h2", say("Settings used")),
        _table((say("Setting"), say("Value")), settings_of(run, who).items()),
        _element("h2", say("Layers")),
        _table(layers_of(run), zip(*layers_of(run).values(), strict=True)),
        _element("h2", say("The same in PyTorch")),
        _element("pre", pytorch_code(run.job.network, run.job.in_one_go)),
    ]
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    lang = escape(language() or "en", quote=True)
    return f'<!doctype html>\n<html lang="{lang}"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _element(tag: str, words: str) -> str:
    return f"<{tag}>{escape(words)}</{tag}>"


def _result(run: RunInfo) -> str:
    done = run.finished
    if not done:
        return _element("p", course(run))
    figures = {
        say("Test accuracy"): f"{say_number(100 * done['test_accuracy'], '.2f')} %",
        say("Test loss"): say_number(done["test_loss"], ".4f"),
        say("Parameters"): say_number(run.parameters),
        say("Training time"): f"{say_number(done['train_seconds'], '.1f')} s",
    }
    told = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in figures.items())
    return f"<dl>{told}</dl>"


def _charts(history: Message) -> Iterable[str]:
    steps = history.get("steps") or {}
    found = [event for event in history["events"] if event["event"] == "evaluated"]
    for name, title, times in (("loss", say("Loss"), 1.0), ("accuracy", say("Accuracy, %"), 100.0)):
        train = [
            (step, times * value)
            for step, value in zip(steps.get("step", ()), steps.get(name, ()), strict=False)
            if value is not None
        ]
        validation = [(event["step"], times * event[name]) for event in found]
        if len(train) > 1:
            yield _element("h2", title) + _chart(title, train, validation)


def _chart(title: str, train: Points, validation: Points) -> str:
    """An SVG picture of two curves over the steps; training is drawn thin, validation thick and dashed."""
    every = [*train, *validation]
    last, top = max(x for x, _ in every), max(y for _, y in every) or 1.0

    def place(x: float, y: float) -> str:
        return f"{LEFT + (WIDE - LEFT) * x / last:.1f},{(HIGH - BELOW) * (1 - y / top) + 6:.1f}"

    def curve(points: Points, style: str) -> str:
        thinned = points[:: -(-len(points) // MOST_POINTS)] if points else ()
        return f'<polyline fill="none" {style} points="{" ".join(place(x, y) for x, y in thinned)}"/>'

    lines = ""
    for number in range(LINES + 1):
        value = top * number / LINES
        (left, up), (right, _) = (place(x, value).split(",") for x in (0.0, last))
        lines += f'<line class="rule" x1="{left}" y1="{up}" x2="{right}" y2="{up}"/>'
        words = say_number(float(f"{value:.3g}"))
        lines += f'<text x="{LEFT - 6}" y="{float(up) + 4}" text-anchor="end">{escape(words)}</text>'
    ends = ((LEFT, "start", say("step 1")), (WIDE, "end", say("step {step:,}", step=int(last))))
    for x, anchor, words in ends:
        lines += f'<text x="{x}" y="{HIGH - 8}" text-anchor="{anchor}">{escape(words)}</text>'
    names = {say("training"): "train", say("validation"): "validation"} if validation else {say("training"): "train"}
    legend = " · ".join(f'<b style="color:{COLOURS[role]}">{escape(name)}</b>' for name, role in names.items())
    thin = curve(train, f'stroke="{COLOURS["train"]}" stroke-width="1"')
    thick = curve(validation, f'stroke="{COLOURS["validation"]}" stroke-width="3" stroke-dasharray="8 4"')
    head = f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{escape(title, quote=True)}">'
    return f"<p>{legend}</p>{head}{lines}{thin}{thick}</svg>"


def _confusion(run: RunInfo) -> str:
    if not run.finished:
        return ""
    classes = run.job.network.reads.classes
    rows = [
        (name, *(say_number(count, ",") if count else "·" for count in row))
        for name, row in zip(classes, run.finished["confusion"], strict=True)
    ]
    title = say("Test pictures: rows are the true classes, columns what was read")
    return _element("h2", title) + _table(("", *classes), rows)


def _table(head: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table>"


STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 860px; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0; }
dl { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: 1.5rem 0; }
dt { opacity: 0.75; }
dd { margin: 0; font-size: 1.6rem; font-weight: 600; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; display: block; overflow-x: auto; }
th, td { text-align: left; padding: 0.25rem 0.75rem; border-bottom: 1px solid #8884; }
svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: currentColor; } .rule { stroke: #8884; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid #8884; font-size: 13px; }
@media print { body { margin: 0; max-width: none; } pre { white-space: pre-wrap; } svg, tr { break-inside: avoid; } }
"""
