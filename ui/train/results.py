"""Below the curves: what the network can do on the test set, how it was trained, its code, and earlier runs."""

import functools
from collections.abc import Callable

import streamlit as st

from engine.catalogue.params import Choice
from engine.export.formats import PROGRAMS, TITLES
from engine.network.spec import plan, shape_text
from engine.runs.info import RunInfo
from engine.text import Text, number
from engine.training.config import SETTINGS
from ui.backend import service
from ui.build.sharing import code_download
from ui.charts import confusion_matrix
from ui.draw.readers import UNNAMED, accuracy, ago
from ui.forms import plain
from ui.frame import is_dark
from ui.language import say
from ui.runs.words import course, rates
from ui.state import Session, owner
from ui.still_chart import still_chart
from ui.train.run import show

figure_of = functools.lru_cache(maxsize=32)(confusion_matrix)
MIX_UPS = 5
EARLIER = 20


def results(run: RunInfo, visitor: Session) -> None:
    draw: dict[str, Callable[[], None]] = {
        "Test result": lambda: _test(run),
        "Settings used": lambda: _settings(run, visitor),
        "Code": lambda: _code(run),
        "Earlier runs": lambda: _earlier(visitor, run),
    }
    for tab, show_content in zip(st.tabs(list(draw), key="run-tabs", on_change="rerun"), draw.values(), strict=True):
        if tab.open:  # the others would cost the first paint seconds of reading scripts
            with tab:
                show_content()


def _test(run: RunInfo) -> None:
    done = run.finished
    if done is None:
        st.caption(
            "MNIST keeps 10,000 pictures apart. They are read once, when the run is over; "
            "then this shows how many were right, and which digits were taken for which."
            if run.status not in ("diverged", "failed")
            else "This run ended without a result; the note in the chart says why and what to try."
        )
        return
    confusion = tuple(tuple(row) for row in done["confusion"])
    matrix, figures = st.columns([5, 4], gap="large")
    with matrix:
        still_chart(figure_of(confusion, is_dark()), "run-confusion")
    with figures:
        right, loss = st.columns(2)
        right.metric(
            "Test accuracy",
            f"{100 * done['test_accuracy']:.2f} %",
            help="Of 10,000 pictures the network never saw. Good small networks reach 98 to 99 %.",
        )
        loss.metric("Test loss", f"{done['test_loss']:.4f}", help="Smaller is better; guessing gives 2.303.")
        right.metric("Training time", f"{done['train_seconds']:.1f} s", help="Time at work, evaluations left out.")
        loss.metric("Pictures per second", f"{done['samples_per_second']:,.0f}", help="While it was training.")
        st.markdown("**Most often mixed up**\n" + "\n".join(_mix_ups(confusion)))


def _mix_ups(confusion: tuple[tuple[int, ...], ...]) -> list[str]:
    found = [
        (count, true, read) for true, row in enumerate(confusion) for read, count in enumerate(row) if true != read
    ]
    worst = [item for item in sorted(found, reverse=True)[:MIX_UPS] if item[0]]
    return [f"- a {true} read as {read}, {count:,} times" for count, true, read in worst] or ["- nothing at all"]


def _settings(run: RunInfo, visitor: Session) -> None:
    training, network = st.columns(2, gap="large")
    config = run.job.config
    rows = {name.capitalize(): _in_words(getattr(config, name)) for name in ("optimizer", "loss", "schedule")}
    rows |= {"Learning rate": rates(run), "What became of it": course(run)}
    rows |= {say(param.label): _value(param.shown(getattr(config, name))) for name, param in SETTINGS.items()}
    with training:
        st.table({"Setting": list(rows), "Value": list(rows.values())}, hide_index=True)
        if st.button(
            "Use these settings again",
            key="run-again",
            icon=":material/replay:",
            on_click=visitor.load,
            args=(run.job.network, config),
            help="Puts this network and its settings on your table; Undo on the Build page takes it back.",
        ):
            st.rerun()  # the sidebar, too, shows other settings now
    with network:
        layers = plan(run.job.network).layers
        st.table(
            {
                "Layer": [_in_words(p.layer) for p in layers],
                "Output": [shape_text(p.out_shape) for p in layers],
                "Parameters": [f"{p.parameters:,}" for p in layers],
            },
            hide_index=True,
        )


def _in_words(choice: Choice) -> str:
    values = ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in choice.values)
    return f"{choice.kind}: {values}" if values else choice.kind


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Text):
        return say(value)
    return number(float(f"{value:.4g}")) if isinstance(value, float) else str(value)


def _code(run: RunInfo) -> None:
    st.caption("The network and its training as a program of its own; both run as they are.")
    for tab, (name, write) in zip(st.tabs(list(TITLES.values())), PROGRAMS.items(), strict=True):
        with tab:
            source = write(run.job.network, run.job.config)
            code_download(source, run.job.network.name, name)
            st.code(source, language="python", height=420)


def entry(run: RunInfo) -> str:
    """A run in the list of earlier ones: what it reached, of which network, how far it came, and how it was trained."""
    name, how = plain(run.name) or UNNAMED, f"{run.job.config.optimizer.kind}, {rates(run)}"
    if run.finished:
        return f"**{accuracy(run)}** · {name} · {course(run)} · {how} · {ago(run.created)}"
    return f"**{course(run)}** · {name} · {how} · {ago(run.created)}"


def _earlier(visitor: Session, shown: RunInfo) -> None:
    runs = service().runs(owner(), limit=EARLIER, kind="classifier")
    if not runs:
        st.caption("Your runs will stand here, with what they reached.")
    for run in runs:
        st.button(
            entry(run),
            key=f"run-earlier-{run.id}",
            type="tertiary",
            disabled=run.id == shown.id,
            on_click=show,
            args=(visitor, run.id),
        )
