"""With which weights the next run begins: random ones, or those of a network that has trained, of which the first
layers may stay as they are."""

from dataclasses import replace

import streamlit as st

from engine.catalogue.params import SpecError
from engine.data.sets import can_begin_with, like, most_frozen, needs_head
from engine.network.spec import NetworkSpec
from engine.runs.info import RunInfo
from engine.text import plural
from engine.training.config import MOST_EPOCHS, Source
from ui.api.predict import DEMO, demo
from ui.backend import service
from ui.language import say
from ui.runs.words import accuracy, ago, named
from ui.state import Session, entered, owner, seed, settle

FROM, FROZEN = "train-from", "train-frozen"
RANDOM = ""
EARLIER = 20


def first_weights(visitor: Session) -> None:
    """The form; what it says is kept with the visitor, until a network comes on the table that it does not fit."""
    runs = _fitting(visitor)
    titles = {RANDOM: say("Random, by the seed")} | {run_id: _title(run) for run_id, run in runs.items()}
    if like(demo().network, visitor.network).input_shape == demo().network.input_shape:
        titles[DEMO] = say("Bundled digit reader")
    if visitor.begin_with not in titles or not _fits(visitor):
        visitor.begin_with = RANDOM
    seed(FROM, visitor.begin_with)
    st.selectbox(
        say("Begin with"),
        list(titles),
        key=FROM,
        format_func=lambda one: titles.get(one, one),
        on_change=lambda: _choose(visitor),
        help=say(
            "A network that has trained on other pictures sees edges and strokes already. That helps most where there "
            "are few pictures (transfer learning). Your finished runs with the same layers are offered."
        ),
    )
    settle(FROM, visitor.begin_with)
    if not visitor.begin_with:
        return
    most = most_frozen(visitor.network)
    visitor.frozen = min(visitor.frozen, most)
    if most:
        seed(FROZEN, visitor.frozen)
        visitor.frozen = st.slider(
            say("Frozen layers"),
            0,
            most,
            key=FROZEN,
            help=say("So many layers, from the first one on, keep their weights; the others learn. It is faster, too."),
        )
        settle(FROZEN, visitor.frozen)
    st.caption(_told(visitor))


def source_of(visitor: Session) -> Source | None:
    """What the next run begins with; None for random weights, and where what was chosen is not there any more."""
    before = _network_before(visitor)
    if before is None or not can_begin_with(visitor.network, before):
        return None
    run = None if visitor.begin_with == DEMO else service().run(visitor.begin_with)
    frozen = min(visitor.frozen, most_frozen(visitor.network))
    return replace(weights_of(run), frozen=frozen, head=needs_head(visitor.network, before))


def weights_of(run: RunInfo | None) -> Source:
    """What a finished run has learned, to begin with; without a run, what the bundled digit reader has."""
    if run is None or not run.finished:
        return Source(DEMO, float(demo().facts["test_accuracy"]), 1)
    return Source(run.id, float(run.finished["test_accuracy"]), min(run.job.epochs, MOST_EPOCHS))


def _fitting(visitor: Session) -> dict[str, RunInfo]:
    runs = service().runs(owner(), limit=EARLIER, kind="classifier")
    return {run.id: run for run in runs if run.finished and can_begin_with(visitor.network, run.job.network)}


def _network_before(visitor: Session) -> NetworkSpec | None:
    if visitor.begin_with == DEMO:
        return demo().network
    run = service().run(visitor.begin_with) if visitor.begin_with else None
    network = run.job.network if run and run.kind == "classifier" and run.finished else None
    return network if isinstance(network, NetworkSpec) else None


def _fits(visitor: Session) -> bool:
    before = _network_before(visitor)
    return before is not None and can_begin_with(visitor.network, before)


def _choose(visitor: Session) -> None:
    """Note the choice. The bundled network comes on the table where another one is there."""
    visitor.begin_with = str(entered(FROM))
    if visitor.begin_with != DEMO or _fits(visitor):
        return
    try:
        visitor.load(like(demo().network, visitor.network), visitor.config)
    except SpecError as error:
        visitor.begin_with, visitor.notice = RANDOM, error.text


def _title(run: RunInfo) -> str:
    return say("{name}, {accuracy}, {ago}", name=named(run.name), accuracy=accuracy(run), ago=ago(run.created))


def _told(visitor: Session) -> str:
    before = _network_before(visitor)
    learns = len(visitor.network.layers) - visitor.frozen
    count = plural("{count} layer learns", "{count} layers learn", count=learns)
    if before and needs_head(visitor.network, before):
        return say("{count}. The one that gives the scores begins anew: the classes are others.", count=count)
    return say("{count}.", count=count)
