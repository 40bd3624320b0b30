"""The sidebar of the GAN page: which recipe, and every setting of the next run; some change the one that goes on."""

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.catalogue.optimizers import OPTIMIZERS, OptimizerRow
from engine.catalogue.params import Choice, Param, choose
from engine.gan.config import GAN_SETTINGS, LIVE, GanConfig, change_config
from engine.gan.losses import GAN_LOSSES
from engine.gan.recipes import RECIPES
from engine.network.spec import NetworkSpec, survey
from engine.text import Text
from ui.build.own_networks import open_own, own_gans, own_titles
from ui.forms import choice_form, param_widget
from ui.language import say
from ui.runs.words import UNNAMED
from ui.state import Session, entered, seed, settle
from ui.top_bar import heading

OWN = "own"
RECIPE = "gan-recipe"
SIDES = {"generator": "G", "discriminator": "D"}
CHANGE = {"generator": Text("Change the generator"), "discriminator": Text("Change the discriminator")}
OPTIMIZER_OF = {"generator": Text("Optimizer of G"), "discriminator": Text("Optimizer of D")}
BARE_OPTIMIZERS = {  # the learning rate stands with what can be changed at any time
    kind: replace(row, params={name: param for name, param in row.params.items() if name != "lr"})
    for kind, row in OPTIMIZERS.items()
}


def settings(visitor: Session) -> dict[str, float]:
    """Draw the forms and put what they say on the visitor's table. Returns what was changed of LIVE."""
    with st.sidebar:
        heading(say("Settings"))
        _recipe(visitor)
        before = visitor.gan.config
        config = replace(before, loss=choice_form(say("Loss"), GAN_LOSSES, before.loss, "gan.loss", names=_titles()))
        with st.container(gap="xsmall", key="gan-live"):
            st.markdown(say("**Change these while it trains**"))
            config = _live_forms(config)
        config = _plain(config, ("steps", "batch_size"))
        with st.expander(say("Optimizers")):
            for side in SIDES:
                config = _optimizer(config, side)
        with st.expander(say("Averaging, pictures, seed, cores")):
            config = _plain(config, ("ema", "images", "seed", "cores"))
    visitor.edit_gan_config(config)
    old, new = live_values(before), live_values(config)
    return {name: value for name, value in new.items() if value != old[name]}


def live_values(config: GanConfig) -> dict[str, float]:
    """What `config` says of the settings that can be changed while a GAN trains."""
    rates = {f"{side}_lr": getattr(config, f"{side}_optimizer")["lr"] for side in SIDES}
    return {name: rates[name] if name in rates else getattr(config, name) for name in LIVE}


def recipe_of(visitor: Session) -> str:
    """The name in RECIPES of what lies on the table, or OWN where its networks are the visitor's."""
    gan = visitor.gan
    same = (
        n for n, r in RECIPES.items() if (r.gan.generator, r.gan.discriminator) == (gan.generator, gan.discriminator)
    )
    return next(same, OWN)


def _recipe(visitor: Session) -> None:
    current = recipe_of(visitor)
    titles = {name: recipe.gan.name for name, recipe in RECIPES.items()} | own_titles(own_gans(visitor))
    if current == OWN and visitor.gan_kept in titles:
        current = visitor.gan_kept
    elif current == OWN:
        titles[OWN] = say("{name}, as built", name=visitor.gan.name or say(UNNAMED))
    seed(RECIPE, current)
    chosen = st.selectbox(
        say("Recipe"),
        list(titles),
        key=RECIPE,
        format_func=lambda name: titles.get(name, name),
        on_change=lambda: _load(visitor),
        help=say("Two networks with the settings that suit them. Yours come last, the newest first."),
    )
    settle(RECIPE, chosen)
    if current in RECIPES:
        st.caption(say(RECIPES[current].doc))
    for side in SIDES:
        size = _size(getattr(visitor.gan, side))
        st.page_link(
            "../pages/build.py",
            label=say(CHANGE[side]),
            icon=":material/stacks:",
            query_params={"part": side},
            help=say("{side} has {count:,} parameters now.", side=SIDES[side], count=size),
        )


def _size(network: NetworkSpec) -> int:
    planned, _ = survey(network)
    return sum(layer.parameters for layer in planned)


def _load(visitor: Session) -> None:
    recipe = RECIPES.get(entered(RECIPE))
    if recipe:
        visitor.load_gan(recipe.gan)
    else:
        open_own(visitor, str(entered(RECIPE)))


def _live_forms(config: GanConfig) -> GanConfig:
    values: dict[str, float | str] = {}
    for side in SIDES:
        choice: Choice = getattr(config, f"{side}_optimizer")
        rate = replace(OPTIMIZERS[choice.kind].params["lr"], label=LIVE[f"{side}_lr"].label)
        values[f"{side}_lr"] = float(param_widget(rate, choice["lr"], f"gan.{side}.{choice.kind}.lr"))
    config = change_config(config, values)
    columns = st.columns(2, gap="small")
    for column, name in zip(columns, ("discriminator_steps", "generator_steps"), strict=True):
        config = _plain(config, (name,), column)
    return _plain(config, ("label_smoothing", "instance_noise"))


def _plain(config: GanConfig, names: tuple[str, ...], container: DeltaGenerator | None = None) -> GanConfig:
    def entry(name: str) -> object:
        param: Param = GAN_SETTINGS[name]
        return param_widget(param, getattr(config, name), f"gan.{name}", container)

    entries = {name: entry(name) for name in names}
    return replace(config, **entries)  # type: ignore[arg-type]


def _optimizer(config: GanConfig, side: str) -> GanConfig:
    """The kind and all but the learning rate, which keeps its value unless the kind becomes another."""
    now: Choice = getattr(config, f"{side}_optimizer")
    bare = Choice(now.kind, tuple((name, value) for name, value in now.values if name != "lr"))
    rows: dict[str, OptimizerRow] = BARE_OPTIMIZERS
    chosen = choice_form(say(OPTIMIZER_OF[side]), rows, bare, f"gan.{side}")
    rate = {"lr": now["lr"]} if chosen.kind == now.kind else {}
    whole = choose(OPTIMIZERS, chosen.kind, dict(chosen.values) | rate, Text("Optimizer"))
    return replace(config, **{f"{side}_optimizer": whole})  # type: ignore[arg-type]


def _titles() -> dict[str, str]:
    return {kind: say(row.title) for kind, row in GAN_LOSSES.items()}
