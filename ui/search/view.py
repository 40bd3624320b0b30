"""The tab "Find settings" of the page "Runs": what a search varies, how it goes on, drawn by
assets/web/search/search.js, and the best few to use."""

from typing import Any

import streamlit as st

from engine.catalogue.params import SpecError
from engine.data.sets import DataSet
from engine.runs.info import RunInfo
from engine.search.config import SEARCH_SETTINGS, SPACE, USUAL, Search, can_vary
from engine.text import Text
from ui.api.web import nothing, web_component
from ui.backend import service
from ui.data import row_of
from ui.language import say, say_number
from ui.runs.steering import can_go_on, is_steered_by_visitor
from ui.runs.words import ago, called, percent, standing
from ui.state import Session, draw_again, owner, resume_run, seed, settle, start_run

EARLIER = 20
OFFERED = 3  # of the best trials
SIZES = {
    "trials": (8, 16, 32, 64, 100),
    "epochs": (1, 2, 3, 5, 10, 20),
    "images": (600, 1_500, 3_000, 6_000, 12_000, 30_000, 60_000),
}

_picture = web_component(
    "search", "search/search.js", sheets=["search/search.css"], html='<div class="search"></div>', in_page=True
)


def find_settings(visitor: Session) -> None:
    """The form on the left; on the right the search that goes on, or the newest one."""
    searches = service().runs(owner(), limit=EARLIER, kind="search")
    shown = next((run for run in searches if run.id == visitor.search_run_id), searches[0] if searches else None)
    left, right = st.columns([4, 9], gap="large")
    with left:
        _form(visitor, shown)
    with right:
        if shown is None:
            st.caption(say("Here you will see each trial, how well it reads, and which setting counts most."))
        else:
            _show(visitor, shown)
    if len(searches) > 1:
        with st.expander(say("Your searches")):
            for run in searches:
                _earlier(visitor, run, shown)


def _form(visitor: Session, shown: RunInfo | None) -> None:
    st.markdown(
        say(
            "**Which settings suit {name}?** Short trainings, one after the other. Each new one tries what was good "
            "before, and one that is behind ends early.",
            name=called(visitor.network.name),
        )
    )
    if shown and is_steered_by_visitor(shown):
        why = say("End it here; the trials that are done count")
        if st.button(say("End the search"), key="search-stop", icon=":material/stop:", help=why):
            service().control(shown.id, owner(), "stop")
            draw_again()
        return
    if can_go_on(shown) and shown and st.button(say("Resume"), key="search-resume", icon=":material/play_arrow:"):
        _refused(lambda: resume_run(shown.id))
    varied = _varied(visitor)
    row = row_of(visitor.network)
    sizes = {name: _size(name, row) for name in SIZES}
    go = st.button(
        say("Search"), key="search-go", icon=":material/travel_explore:", type="primary", disabled=not varied
    )
    if go:
        search = Search(visitor.network, visitor.config, varied, seed=visitor.config.seed, **sizes)
        _refused(lambda: _begin(visitor, search))


def _varied(visitor: Session) -> tuple[str, ...]:
    """The settings that are to be varied."""
    st.caption(say("Vary these; all others stay as they are set on the page Train."))
    return tuple(name for name in can_vary(visitor.network) if _box(name))


def _box(name: str) -> bool:
    key = f"search-vary-{name}"
    seed(key, name in USUAL)
    chosen = st.checkbox(say(SPACE[name].title), key=key, help=say(SPACE[name].about))
    settle(key, chosen)
    return chosen


def _size(name: str, row: DataSet | None) -> int:
    param, key = SEARCH_SETTINGS[name], f"search-{name}"
    options = [size for size in SIZES[name] if name != "images" or row is None or size <= row.train]
    if not options and row:
        options = [row.train]
    seed(key, min(options, key=lambda size: abs(size - int(param.default))))
    if len(options) == 1:
        return options[0]
    size = int(st.select_slider(say(param.label), options, key=key, help=say(param.help), format_func=say_number))
    settle(key, size)
    return size


def _begin(visitor: Session, search: Search) -> None:
    visitor.search_run_id = start_run(search)


def _refused(act: Any) -> None:
    """Do it and draw the page again, or say why not."""
    try:
        act()
    except SpecError as error:
        st.warning(say(error.text), icon=":material/error:")
        return
    draw_again()


def _show(visitor: Session, shown: RunInfo) -> None:
    search = shown.job
    data = {
        "run_id": shown.id,
        "status": shown.status,
        "settings": [
            {"name": name, "title": say(SPACE[name].title), "log": SPACE[name].log, "options": SPACE[name].options}
            for name in search.varied
        ],
    }
    _picture(key="search", data=data, on_status_change=nothing)
    if shown.is_over:
        _best(visitor, shown, search)


def _best(visitor: Session, shown: RunInfo, search: Search) -> None:
    """The best trials, each to be put on the table."""
    events = service().history(shown.id)["events"]
    done = [event for event in events if event["event"] == "trial_done" and event["ended"] == "done"]
    best = sorted(done, key=lambda event: -event["accuracy"])[:OFFERED]
    if not best:
        return
    st.markdown(say("**The best.** Use one: it comes on your table, with all pictures and epochs as they were set."))
    for place, event in enumerate(best):
        label = say("{accuracy}: {values}", accuracy=percent(event["accuracy"]), values=in_words(event["values"]))
        st.button(
            label,
            key=f"search-use-{place}",
            icon=":material/check:",
            type="primary" if place == 0 else "secondary",
            on_click=lambda values: visitor.load(*search.trial(values)),
            args=(event["values"],),
        )
    if any(search.trial(event["values"]) == (visitor.network, visitor.config) for event in best):
        st.caption(say("These settings are on your table now."))
        st.page_link("../pages/train.py", label=say("Train with them"), icon=":material/show_chart:")


def in_words(values: dict[str, Any]) -> str:
    """The settings of a trial in one line."""
    parts = (Text("{title} {value}", title=SPACE[name].title, value=_value(value)) for name, value in values.items())
    return ", ".join(say(part) for part in parts)


def _value(value: Any) -> str:
    return value if isinstance(value, str) else say_number(value)


def _earlier(visitor: Session, run: RunInfo, shown: RunInfo | None) -> None:
    finished = run.finished
    told = percent(finished["accuracy"]) if finished and finished["best"] else standing(run)
    st.button(
        say("{name}: {told}, {ago}", name=called(run.name), told=told, ago=ago(run.created)),
        key=f"search-earlier-{run.id}",
        type="tertiary",
        disabled=shown is not None and run.id == shown.id,
        on_click=lambda: setattr(visitor, "search_run_id", run.id),
    )
