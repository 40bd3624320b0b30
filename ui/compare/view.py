"""The parts of the page "Runs": the chart of the runs compared, the visitor's runs to choose from, experiments, and
in what the runs differ."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from engine.catalogue.params import SpecError
from engine.runs.info import RunInfo
from engine.text import Text
from engine.training.experiments import EXPERIMENTS, OVERFITTING, Experiment, races
from ui.api.web import nothing, web_component, web_url
from ui.backend import service
from ui.compare.chosen import MOST, begin_experiment, choose_runs, chosen_runs, stop_all, toggle_run
from ui.compare.differences import differ_by_chance, differences
from ui.compare.scatter import scatter
from ui.data import row_of
from ui.forms import plain
from ui.language import say
from ui.runs.steering import is_steered_by_visitor
from ui.runs.words import called, named, percent
from ui.search.view import find_settings
from ui.state import Session, draw_again, enter, entered, owner, seed, session, settle
from ui.top_bar import heading
from ui.train.results import entry

LISTED, MORE = 20, 20
MOST_POINTS = 300  # runs in the scatter
ORDERS: dict[str, tuple[Text, Callable[[RunInfo], Any]]] = {
    "newest": (Text("Newest first"), lambda run: -run.created),
    "accuracy": (Text("Best first"), lambda run: -(run.finished or {}).get("test_accuracy", 0.0)),
    "parameters": (Text("Fewest parameters first"), lambda run: run.parameters or 0),
    "seconds": (Text("Quickest first"), lambda run: (run.finished or {}).get("train_seconds", float("inf"))),
}

_chart = web_component(
    "compare",
    "compare/compare.js",
    sheets=["lib/spoken_chart.css", "compare/compare.css"],
    html='<div class="compare"></div>',
    in_page=True,
)


def chart(runs: list[RunInfo]) -> None:
    """The curves of the runs on one chart as they go on, with who is ahead."""
    told = [
        {
            "id": run.id,
            "name": named(run.name),
            "status": run.status,
            "batch": run.job.config.step_images,
        }
        for run in runs
    ]
    # Runs that differ by chance alone are shown as one result, once they are chosen.
    alike = ",".join(run.id for run in runs) if differ_by_chance(runs) else ""
    data = {"runs": told, "alike": alike, "plotly": web_url("plotly.min.js")}
    _chart(key="compare", data=data, on_status_change=nothing)


def head(visitor: Session, runs: list[RunInfo]) -> None:
    """What can be done here, and the buttons for all runs that are compared."""
    guess = visitor.guesses.get(",".join(visitor.compared), "")
    said = judged(guess, runs) or say(
        "**Put runs side by side:** choose up to eight of yours below, or start an experiment."
    )
    with st.container(horizontal=True, vertical_alignment="center", key="compare-head"):
        st.markdown(said)
        going = any(map(is_steered_by_visitor, runs))
        st.button(
            say("Stop all"),
            key="compare-stop",
            icon=":material/stop:",
            on_click=stop_all,
            args=(runs,),
            disabled=not going,
        )
        st.button(
            say("Clear"),
            key="compare-clear",
            icon=":material/clear_all:",
            on_click=choose_runs,
            args=(visitor, ()),
            disabled=not visitor.compared,
        )


def judged(guess: str, runs: list[RunInfo]) -> str:
    """Who came out best once all are over, and whether that was guessed; empty before."""
    scored = [(run.finished["test_accuracy"], run) for run in runs if run.finished]
    if len(runs) < 2 or not scored or not all(run.is_over for run in runs):
        return ""
    share, best = max(scored, key=lambda one: one[0])
    values = {"name": called(best.name), "accuracy": percent(share)}
    if guess == named(best.name):
        return say("**You guessed it: {name} reads best, {accuracy} of the test pictures.**", **values)
    if guess:
        values["guess"] = plain(guess)
        return say("**You guessed {guess}. {name} reads best: {accuracy} of the test pictures.**", **values)
    return say("**{name} reads best:** {accuracy} of the test pictures.", **values)


def run_list(visitor: Session) -> None:
    """The visitor's classifiers, to be searched, sorted and chosen."""
    with st.container(horizontal=True, key="compare-find", vertical_alignment="bottom"):
        wanted = st.text_input(
            say("Search"), key="compare-search", placeholder=say("A name, an optimizer ..."), width=320
        )
        order = st.selectbox(
            say("Order"), list(ORDERS), key="compare-order", format_func=lambda one: say(ORDERS[one][0]), width=260
        )
    count = int(entered("compare-count") or LISTED)
    every = service().runs(owner(), limit=count, kind="classifier")
    found = [run for run in every if wanted.casefold() in entry(run).casefold()]
    if not every:
        st.caption(say("Your runs will stand here. Start one on the Train page, or an experiment."))
    elif not found:
        st.caption(say("None of your runs has this in its name or settings."))
    _undo(visitor)
    with st.container(key="compare-runs"):
        for run in sorted(found, key=ORDERS[order][1]):
            _line(visitor, run)
    if len(every) == count and st.button(say("Show more"), key="compare-more", icon=":material/expand_more:"):
        enter("compare-count", count + MORE)
        draw_again()


def _line(visitor: Session, run: RunInfo) -> None:
    key, here = f"compare-{run.id}", run.id in visitor.compared
    seed(key, here)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.checkbox(
            entry(run),
            key=key,
            on_change=toggle_run,
            args=(visitor, run.id),
            disabled=not here and len(visitor.compared) >= MOST,
            width="stretch",
        )
        st.page_link("../pages/train.py", label=say("Open"), query_params={"run": run.id}, width="content")
        st.button(
            say("Delete"),
            key=f"delete-{run.id}",
            icon=":material/delete:",
            type="tertiary",
            disabled=not run.is_over,
            on_click=_delete,
            args=(visitor, run),
        )
    settle(key, here)


def _delete(visitor: Session, run: RunInfo) -> None:
    try:
        service().remove(run.id, owner())
    except (KeyError, SpecError):
        return  # deleted in another window, or it goes on again
    visitor.deleted = (run.id, named(run.name))
    if run.id in visitor.compared:
        toggle_run(visitor, run.id)


def _undo(visitor: Session) -> None:
    """What was deleted last, and the button that brings it back."""
    if not visitor.deleted:
        return
    run_id, name = visitor.deleted
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="compare-deleted"):
        st.markdown(say("**{name}** is deleted.", name=plain(name)), width="content")
        st.button(say("Undo"), icon=":material/undo:", key="undelete", on_click=_restore, args=(visitor, run_id))


def _restore(visitor: Session, run_id: str) -> None:
    visitor.deleted = None
    try:
        service().restore(run_id, owner())
    except (KeyError, SpecError):
        st.toast(say("This run is gone for good."), icon=":material/error:")


def experiments(visitor: Session) -> None:
    """Experiments that answer a question, then races of the network on the table; a guess first."""
    st.markdown(say("**From the papers.** A few trainings that differ in one thing; about one to three minutes each."))
    for key, experiment in EXPERIMENTS.items():
        _experiment(visitor, key, experiment)
    st.markdown(say("**Over-fitting and its cures.** Two trainings that differ in one thing; less than a minute each."))
    for key, experiment in OVERFITTING.items():
        _experiment(visitor, key, experiment)
    st.markdown(say("**Your network against itself:** {name}.", name=called(visitor.network.name)))
    row = row_of(visitor.network)
    most = {"most": row.train} if row else {}
    for key, experiment in races(visitor.network, visitor.config, **most).items():
        _experiment(visitor, key, experiment)


def _experiment(visitor: Session, key: str, experiment: Experiment) -> None:
    with st.expander(say(experiment.title), key=f"experiment-{key}", expanded=st.query_params.get("experiment") == key):
        st.markdown(say(experiment.doc))
        if experiment.source:
            st.caption(experiment.source)
        names = [str(network.name) for network, _ in experiment.trainings]
        guess = st.radio(say(experiment.question), names, index=None, key=f"guess-{key}", horizontal=True)
        label = say("Start all {count}", count=len(names))
        if st.button(label, key=f"begin-{key}", icon=":material/flag:", type="primary"):
            refused = begin_experiment(visitor, experiment)
            if refused:
                st.warning(refused, icon=":material/error:")
                return
            visitor.guesses[",".join(visitor.compared)] = guess or ""
            draw_again()


def difference_table(runs: list[RunInfo]) -> None:
    if len(runs) < 2:
        st.caption(say("Choose two runs or more to see in what they differ."))
        return
    rows = differences(runs)
    names = [named(run.name) for run in runs]
    columns = {f"{number}. {name}": [rows[label][number - 1] for label in rows] for number, name in enumerate(names, 1)}
    st.table({say("Setting"): list(rows), **columns}, hide_index=True)


@st.fragment
def compare_page() -> None:
    """All of the page: a click, or news of a run, draws this part alone."""
    visitor = session()
    runs = chosen_runs(visitor)
    head(visitor, runs)
    heading(say("Curves"))
    chart(runs)
    heading(say("Choose and compare"))
    draw: dict[str, Callable[[], None]] = {
        say("Your runs"): lambda: run_list(visitor),
        say("Experiments"): lambda: experiments(visitor),
        say("Find settings"): lambda: find_settings(visitor),
        say("What differs"): lambda: difference_table(runs),
        say("Accuracy over ..."): lambda: scatter(service().runs(owner(), limit=MOST_POINTS, kind="classifier")),
    }
    first = say("Experiments") if "experiment" in st.query_params else None
    for tab, show in zip(
        st.tabs(list(draw), key="compare-tabs", on_change="rerun", default=first), draw.values(), strict=True
    ):
        if tab.open:
            with tab:
                show()
