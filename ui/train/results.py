"""Below the curves: what the network can do on the test set, how it was trained, its code, and earlier runs."""

import functools
import math
from collections.abc import Callable
from html import escape

import plotly.graph_objects as go
import streamlit as st

from engine.data.found import tested
from engine.export.formats import PROGRAMS, TITLES
from engine.runs.info import RunInfo
from engine.text import Text, plural
from ui.build.sharing import code_download
from ui.charts import confusion_matrix, still_chart, told_matrix
from ui.forms import plain
from ui.language import language, say, say_number
from ui.page_frame import is_dark
from ui.runs.words import accuracy, again_button, ago, called, course, rates, settings_table
from ui.state import Session
from ui.top_bar import heading
from ui.train.advice import advice
from ui.train.landscape import landscape_button
from ui.train.layers import layers_at_work
from ui.train.rate_test import rate_found
from ui.train.report import layers_of, settings_of
from ui.train.run import PAGE

MIX_UPS = 5


def results(run: RunInfo, visitor: Session) -> None:
    rate_found(run, visitor)
    heading(say("Results"))
    draw: dict[str, Callable[[], None]] = {
        say("Test result"): lambda: _test(run),
        say("Layers"): lambda: layers_at_work(run),
        say("Advice"): lambda: advice(run),
        say("Settings used"): lambda: _settings(run, visitor),
        say("Code"): lambda: _code(run),
        say("Earlier runs"): lambda: _earlier(run, visitor),
    }
    for tab, show_content in zip(st.tabs(list(draw), key="run-tabs", on_change="rerun"), draw.values(), strict=True):
        if tab.open:  # the others would cost the first paint seconds of reading scripts
            with tab:
                show_content()


def _test(run: RunInfo) -> None:
    done = run.finished
    if done is None:
        st.caption(
            say(
                "{count:,} pictures are kept apart. They are read once, when the run is over; "
                "then this shows how many were right, and what was taken for what.",
                count=tested(run.job.network),
            )
            if run.status not in ("diverged", "failed")
            else say("This run ended without a result; the note in the chart says why and what to try.")
        )
        return
    confusion, classes = tuple(tuple(row) for row in done["confusion"]), run.job.network.reads.classes
    matrix, figures = st.columns([5, 4], gap="large")
    with matrix:
        still_chart(_matrix(confusion, classes, is_dark(), language()), "run-confusion", told_matrix(confusion))
    with figures:
        right, loss = st.columns(2)
        right.metric(
            say("Test accuracy"),
            f"{say_number(100 * done['test_accuracy'], '.2f')} %",
            help=say("Of {count:,} pictures the network never saw.", count=sum(map(sum, confusion))),
        )
        loss.metric(
            say("Test loss"),
            say_number(done["test_loss"], ".4f"),
            help=say("Smaller is better; guessing gives {loss:.3f}.", loss=math.log(len(classes))),
        )
        right.metric(
            say("Training time"),
            f"{say_number(done['train_seconds'], '.1f')} s",
            help=say("Time at work, evaluations left out."),
        )
        loss.metric(
            say("Pictures per second"),
            say_number(done["samples_per_second"], ",.0f"),
            help=say("While it was training."),
        )
        st.markdown("\n".join([say("**Most often mixed up**"), *_mix_ups(confusion, classes)]))
        landscape_button(run)
        _take_along(run)


def _take_along(run: RunInfo) -> None:
    """The run as files of one's own."""
    files = {"report.html": say("Report, one page"), "curves.csv": say("Curves, as a table")}
    files["events.tfevents"] = say("Curves, for TensorBoard")
    links = (
        f'<a class="data-save" href="api/runs/{run.id}/{file}" download>{escape(files[file])}</a>' for file in files
    )
    st.html(f'<div class="run-files">{"".join(links)}</div>')


@functools.lru_cache(maxsize=32)
def _matrix(confusion: tuple[tuple[int, ...], ...], classes: tuple[str, ...], dark: bool, _language: str) -> go.Figure:
    return confusion_matrix(confusion, classes, dark)


def _mix_ups(confusion: tuple[tuple[int, ...], ...], classes: tuple[str, ...]) -> list[str]:
    found = [
        (count, true, read) for true, row in enumerate(confusion) for read, count in enumerate(row) if true != read
    ]
    worst = [item for item in sorted(found, reverse=True)[:MIX_UPS] if item[0]]
    told = [
        plural(
            "{true} read as {read}: {count:,} time",
            "{true} read as {read}: {count:,} times",
            count=n,
            true=plain(classes[t]),
            read=plain(classes[r]),
        )
        for n, t, r in worst
    ]
    return [f"- {say(text)}" for text in told or [Text("nothing at all")]]


def _settings(run: RunInfo, visitor: Session) -> None:
    training, network = st.columns(2, gap="large")
    with training:
        settings_table({label: plain(value) for label, value in settings_of(run).items()})
        why = Text("Puts this network and its settings on your table; Undo on the Build page takes it back.")
        again_button("run-again", why, lambda: visitor.load(run.job.network, run.job.config))
    with network:
        st.table(layers_of(run), hide_index=True)


def _code(run: RunInfo) -> None:
    st.caption(say("The network and its training as a program of its own; both run as they are."))
    if run.job.source and run.job.source.is_transfer:
        st.caption(say("This run began with the weights of another one. The program begins with random ones instead."))
    elif run.job.source:
        st.caption(
            say(
                "This run went on from another one. The program trains all {epochs} epochs in one go instead.",
                epochs=run.job.epochs,
            )
        )
    for tab, (name, write) in zip(st.tabs(list(TITLES.values())), PROGRAMS.items(), strict=True):
        with tab:
            source = write(run.job.network, run.job.in_one_go)
            code_download(source, run.job.network.name, name)
            st.code(source, language="python", height=420)


def _earlier(run: RunInfo, visitor: Session) -> None:
    st.page_link("../pages/runs.py", label=say("Put runs side by side"), icon=":material/ssid_chart:")
    PAGE.earlier(visitor, run, entry, Text("Your runs will stand here, with what they reached."))


def entry(run: RunInfo) -> str:
    """A run in the list of earlier ones: what it reached, of which network, how far it came, and how it was trained."""
    name, how = called(run.name), f"{run.job.config.optimizer.kind}, {rates(run)}"
    tags = "".join(f" · :gray-badge[{plain(tag)}]" for tag in run.tags.split())
    if run.finished:
        return f"**{accuracy(run)}** · {name} · {course(run)} · {how} · {ago(run.created)}{tags}"
    return f"**{course(run)}** · {name} · {how} · {ago(run.created)}{tags}"
