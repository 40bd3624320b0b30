"""Words about a run: its name, its age, what became of it; and the tables of the settings it was trained with."""

import time
from collections.abc import Callable, Mapping

import streamlit as st

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Choice, Param, Row, Value
from engine.network.spec import NetworkSpec, plan, sizes
from engine.runs.info import RunInfo
from engine.text import Text, plural
from engine.training.kind import LR
from ui.forms import plain
from ui.language import say, say_number

UNNAMED = Text("Your network")
TESTING = Text("testing now")
STANDINGS: dict[str, Text] = {
    "starting": Text("starting"),
    "running": Text("running"),
    "paused": Text("paused"),
    "finished": Text("finished"),
    "stopped": Text("stopped"),
    "diverged": Text("diverged"),
    "failed": Text("failed"),
    "interrupted": Text("interrupted, can go on"),
}
STEPS = {
    "starting": Text("about to start"),
    "running": Text("training now, step {step:,} of {steps:,}"),
    "paused": Text("paused at step {step:,} of {steps:,}"),
    "stopped": Text("stopped at step {step:,} of {steps:,}"),
    "diverged": Text("diverged at step {step:,} of {steps:,}"),
    "failed": Text("failed at step {step:,} of {steps:,}"),
    "interrupted": Text("interrupted at step {step:,} of {steps:,}, can go on"),
    "finished": Text("all {steps:,} steps"),
}
ROUNDS = {
    "starting": Text("about to start"),
    "running": Text("training now, round {step:,} of {steps:,}"),
    "paused": Text("paused at round {step:,} of {steps:,}"),
    "stopped": Text("stopped at round {step:,} of {steps:,}"),
    "diverged": Text("diverged at round {step:,} of {steps:,}"),
    "failed": Text("failed at round {step:,} of {steps:,}"),
    "interrupted": Text("interrupted at round {step:,} of {steps:,}, can go on"),
    "finished": Text("all {steps:,} rounds"),
}


def called(name: Text | str) -> str:
    """What a network is called, as Markdown: by its own name, or as the visitor's."""
    return plain(named(name))


def named(name: Text | str) -> str:
    """The same as plain text."""
    return (say(name) if isinstance(name, Text) else name) or say(UNNAMED)


def accuracy(run: RunInfo) -> str:
    """The share of the test pictures a finished run reads correctly, else what became of it."""
    return percent(run.finished["test_accuracy"]) if run.finished else standing(run)


def standing(run: RunInfo) -> str:
    """What became of a run that is over, or was cut off with the server."""
    return say(TESTING if run.is_testing else STANDINGS[run.status])


def percent(share: float) -> str:
    return f"{say_number(100 * share, '.1f')} %"


def ago(created: float, now: float | None = None) -> str:
    """How long ago, in one unit: "just now", "5 minutes ago", "2 days ago"."""
    seconds = max(0.0, (time.time() if now is None else now) - created)
    days, hours, minutes = (int(seconds // size) for size in (86400, 3600, 60))
    if days:
        return say(plural("{count} day ago", "{count} days ago", count=days))
    if hours:
        return say(plural("{count} hour ago", "{count} hours ago", count=hours))
    if minutes:
        return say(plural("{count} minute ago", "{count} minutes ago", count=minutes))
    return say("just now")


def course(run: RunInfo, words: Mapping[str, Text] = STEPS) -> str:
    """How far a run came, and how that ended: "10 epochs", "stopped at step 1,305 of 4,690"; in `words` by status."""
    config = run.job.config
    if words is STEPS and run.status == "finished":
        return say(plural("{count} epoch", "{count} epochs", count=(run.finished or {}).get("epoch", config.epochs)))
    if run.is_testing:
        return say(TESTING)
    return say(words[run.status].template, step=run.step, steps=config.steps)


def rates(run: RunInfo) -> str:
    """The learning rate that a classifier began with, and what it was changed to: "learning rate 0.001, then 0.01"."""
    first = run.job.config.optimizer["lr"]
    often, last = next(((often, value) for name, often, value in run.changed if name == LR), (0, first))
    match often:
        case 0:
            return say("learning rate {first:n}", first=first)
        case 1:
            return say("learning rate {first:n}, then {last:n}", first=first, last=last)
    return say("learning rate {first:n}, changed {often:,} times, then {last:n}", first=first, often=often, last=last)


def settings_table(rows: Mapping[str, str]) -> None:
    st.table({say("Setting"): list(rows), say("Value"): list(rows.values())}, hide_index=True)


def layers_table(title: Text, network: NetworkSpec) -> None:
    layers = plan(network).layers
    words, shapes = [in_words(p.layer, LAYERS) for p in layers], [say(sizes(p.out_shape)) for p in layers]
    st.table({say(title): words, say("Output"): shapes}, hide_index=True)


def again_button(key: str, why: Text, load: Callable[[], None]) -> None:
    if st.button(say("Use these settings again"), key=key, icon=":material/replay:", on_click=load, help=say(why)):
        st.rerun()  # the sidebar, too, shows other settings now


def plain_rows(params: Mapping[str, Param], config: object) -> dict[str, str]:
    """The plain settings of a run by their labels."""
    return {say(param.label): value_in_words(param.shown(getattr(config, name))) for name, param in params.items()}


def in_words(choice: Choice, rows: Mapping[str, Row]) -> str:
    """A row of a catalogue with the values of its parameters, but for those that are off, or advanced and as usual."""
    params = rows[choice.kind].params
    told = [(params[name], value) for name, value in choice.values if value is not False]
    shown = [(param, value) for param, value in told if not param.goes_unsaid(value)]
    values = ", ".join(f"{say(param.label)} {value_in_words(param.shown(value))}" for param, value in shown)
    return f"{choice.kind}: {values}" if values else choice.kind


def value_in_words(value: Value | Text) -> str:
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    return say(value) if isinstance(value, str | Text) else say_number(value)
