"""The sidebar of the Train page: which network, and every setting of the next run."""

import streamlit as st

from engine.catalogue.augmentation import AUGMENTATION, changes_meaning
from engine.catalogue.regularisation import REGULARISATION
from engine.data.found import tested
from engine.data.sets import like
from engine.training.architectures import ALL_PRESETS
from engine.training.presets import PRESETS
from ui.build.own_networks import open_own, own_classifiers, own_titles
from ui.data import fitting, settings_on
from ui.forms import catalogue_form, settings_form
from ui.language import say
from ui.runs.words import UNNAMED
from ui.state import Session, entered, noted, seed, settle, was_pressed
from ui.top_bar import heading
from ui.train.checks import CHECK, check_button, check_now
from ui.train.data import data_choice, images_form
from ui.train.first_weights import first_weights
from ui.train.preview import batch_preview, rate_preview

OWN = "own"
NETWORK, FIND = "train-network", "rate-find"


def settings(visitor: Session) -> None:
    """Draw the forms and put what they say on the visitor's table."""
    with st.sidebar:
        heading(say("Settings"))
        _network(visitor)
        data_choice(visitor)
        config = settings_form(visitor.config, ("epochs", "batch_size"))
        config = catalogue_form(config, "optimizer")
        _find_button()
        check_button()
        with st.container(key="rate-elsewhere"):
            st.caption(say("**Learning rate:** beside the curves, while your run goes on."))
        with st.expander(say("First weights")):
            first_weights(visitor)
        with st.expander(say("Schedule of the learning rate")):
            config = catalogue_form(config, "schedule")
            rate_preview(config)
        with st.expander(say("Data")):
            config = images_form(config, visitor.network)
            config = settings_form(config, ("validation_share", "stratified", "fold"))
            parts = {"train": config.train_images, "validation": config.validation_images}
            test = tested(visitor.network)
            st.caption(say("{train:,} to train on, {validation:,} to validate; {test:,} to test.", test=test, **parts))
        with st.expander(say("Regularisation")):
            st.caption(
                say(
                    "Against learning by heart. Weight decay stands with the optimizer, label smoothing with the loss; "
                    "Dropout is a layer."
                )
            )
            config = settings_form(config, tuple(REGULARISATION))
        with st.expander(say("Augmentation")):
            st.caption(
                say("Changes each training picture a little, anew each time, so that no two epochs are the same.")
            )
            config = settings_form(config, tuple(AUGMENTATION))
            batch_preview(config, visitor.network)
            for warning in changes_meaning(config) if visitor.network.reads.is_digits else ():
                st.warning(say(warning), icon=":material/error:")
        with st.expander(say("Loss, batches, seed, cores")):
            config = catalogue_form(config, "loss")
            config = settings_form(config, ("accumulation", "seed", "cores"))
    visitor.edit_config(config)
    if was_pressed(CHECK):
        check_now(visitor)


def _find_button() -> None:
    """Asks for a range test; `begin_range_test` in rate_test.py obeys."""
    st.button(
        say("Find a learning rate"),
        icon=":material/search:",
        help=say(
            "A short run in which the rate grows at every step, about 100 of them. Where the loss falls, it suits; "
            "where it rises, it is too large."
        ),
        width="stretch",
        **noted(FIND),
    )


def shown_rate(visitor: Session) -> float:
    """The learning rate for the next run as the sidebar shows it, which is drawn anew more rarely than the curves."""
    return float(visitor.seeds[f"training.optimizer.{visitor.config.optimizer.kind}.lr"])


def _network(visitor: Session) -> None:
    presets = fitting(visitor.network)
    current = next((name for name, network in presets.items() if network == visitor.network), OWN)
    offered = {name: network.name for name, network in presets.items() if name in {*PRESETS, current}}
    titles = offered | own_titles(own_classifiers(visitor))
    if current == OWN and visitor.kept in titles:
        current = visitor.kept
    elif current == OWN:
        titles[OWN] = say("{name}, as built", name=visitor.network.name or UNNAMED)
    seed(NETWORK, current)
    chosen = st.selectbox(
        say("Network"),
        list(titles),
        key=NETWORK,
        format_func=lambda name: titles.get(name, name),
        on_change=lambda: _load(visitor),
        help=say("A network to start from, with the settings that suit it. Yours come last, the newest first."),
    )
    settle(NETWORK, chosen)
    st.page_link("../pages/build.py", label=say("See and change its layers"), icon=":material/stacks:")


def _load(visitor: Session) -> None:
    name = entered(NETWORK)
    if name in ALL_PRESETS:
        visitor.load(like(ALL_PRESETS[name].network, visitor.network), settings_on(visitor, ALL_PRESETS[name].config))
    else:
        open_own(visitor, str(name))
