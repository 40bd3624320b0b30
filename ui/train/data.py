"""The choice of the data set that the network on the table learns from, and of how many of its pictures."""

from dataclasses import replace

import streamlit as st

from engine.catalogue.params import SpecError
from engine.network.spec import NetworkSpec, sizes
from engine.text import plural
from engine.training.config import SETTINGS, TrainConfig
from ui.data import choose_data, row_of, sets_of
from ui.forms import param_widget
from ui.language import say
from ui.state import Session, entered, seed, settle

DATA = "train-data"


def data_choice(visitor: Session) -> None:
    """A select box for the data set, and what its pictures are."""
    name, rows = visitor.network.reads.data, sets_of(visitor)
    titles = {key: say(row.title) for key, row in rows.items()}
    if name not in titles:
        titles[name] = say("Not here, or not yours")
    seed(DATA, name)
    st.selectbox(
        say("Data set"),
        list(titles),
        key=DATA,
        format_func=lambda key: titles.get(key, key),
        on_change=lambda: _choose(visitor),
        help=say("What the network learns from. The network follows: its input, and one score for each class."),
    )
    settle(DATA, name)
    row = rows.get(name)
    if row is None:
        st.caption(say("The pictures of this network were deleted, or are somebody's own. Choose another data set."))
    elif not row.reads.is_digits:
        classes = plural("{count} class", "{count} classes", count=len(row.reads.classes))
        st.caption(
            say(
                "{shape} pixels, {classes}. The input and the last layer of every network here follow that.",
                shape=sizes(row.shape),
                classes=classes,
            )
        )


def _choose(visitor: Session) -> None:
    try:
        choose_data(visitor, str(entered(DATA)))
    except SpecError as error:
        visitor.notice = error.text


def images_form(config: TrainConfig, network: NetworkSpec) -> TrainConfig:
    """The field for how many pictures are used, up to all of the data set."""
    row, param = row_of(network), SETTINGS["images"]
    if row:
        param = replace(param, high=row.train, default=row.train)
    count = min(config.images, int(param.high))
    return replace(config, images=int(param_widget(param, count, f"training.images.{network.reads.data}")))
