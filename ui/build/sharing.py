"""Ways for a network, or a GAN, in and out: undo and redo, a file, a link, code."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from engine.catalogue.names import file_stem, module_name
from engine.catalogue.params import SpecError
from engine.export.formats import (
    PROGRAMS,
    TITLES,
    Work,
    gan_to_link,
    recipe_to_json,
    recipe_to_link,
    work_from_json,
    work_from_link,
)
from engine.gan.config import GAN_CODEC, GanSpec
from engine.network.spec import NetworkSpec, cards, plan, survey
from engine.text import Text, plural, sentences
from ui.api.web import web_component
from ui.dialog import open_dialog
from ui.language import say
from ui.runs.words import called
from ui.state import Session, entered
from ui.top_bar import qr_code, shared_place

MAX_FILE_MB = 1
LONGEST_CODE = 700  # characters of a link whose QR code a phone still reads from a screen

copy_field = web_component("copy", "shell/copy.js", html='<div class="copy"></div>', in_page=True)


def open_link(visitor: Session) -> None:
    """Put the network of a shared link on the table, once; afterwards the address is the page's own again."""
    link = st.query_params.get("n", "")
    if not link or link == visitor.link_opened:
        return
    visitor.link_opened = link
    _take(visitor, lambda: work_from_link(link))
    del st.query_params["n"]


_page_keys = web_component("page_keys", "build/page_keys.js", html="<span></span>")


def tools(visitor: Session) -> None:
    """The row of buttons beside the page's first line."""
    _page_keys(key="page-keys", data=dict(zip(("card", "folded", "count"), visitor.turned, strict=True)))
    with st.container(key="tools", horizontal=True, gap="xsmall", width="content"):
        undo, redo = visitor.undo, visitor.redo
        st.button(
            say("Undo"), "undo", icon=":material/undo:", shortcut="Z", disabled=not visitor.can_undo, on_click=undo
        )
        st.button(
            say("Redo"), "redo", icon=":material/redo:", shortcut="Y", disabled=not visitor.can_redo, on_click=redo
        )
        st.download_button(
            say("Save"),
            lambda: json.dumps(_as_json(visitor), indent=2),
            file_name=f"{file_stem(visitor.gan.name if _is_gan(visitor) else visitor.network.name)}.json",
            mime="application/json",
            icon=":material/save:",
            key="save",
            on_click="ignore",
        )
        with st.popover(say("Open"), icon=":material/folder_open:", key="open"):
            st.file_uploader(
                say("A network or a GAN that was saved here (JSON)"),
                type="json",
                max_upload_size=MAX_FILE_MB,
                key="open-file",
                on_change=lambda: _uploaded(visitor),
            )
        if st.button(say("Share"), icon=":material/link:", key="share"):
            open_dialog(say("Share what you built"), _share, visitor)
        if st.button(say("Code"), icon=":material/code:", key="code"):
            open_dialog(say("This network as code"), _code, visitor)


def open_file(visitor: Session, content: bytes) -> None:
    """Put a saved network on the table; a file that is none leaves a sentence, and nothing changes."""
    _take(visitor, lambda: work_from_json(_text(content)))


def _is_gan(visitor: Session) -> bool:
    return visitor.part != "classifier"


def _as_json(visitor: Session) -> dict[str, Any]:
    """What is saved: the classifier, or the whole GAN, since its networks only work together."""
    return GAN_CODEC.to_json(visitor.gan) if _is_gan(visitor) else recipe_to_json(visitor.network, visitor.config)


def _share(visitor: Session) -> None:
    try:
        link = gan_to_link(visitor.gan) if _is_gan(visitor) else recipe_to_link(visitor.network, visitor.config)
    except SpecError as error:
        st.error(say(error.text))
        return
    both = Text("This link holds both networks of the GAN and the training settings.")
    one = Text("This link holds the network and the training settings.")
    whose = Text("Whoever opens it gets a copy of their own.")
    st.write(say(sentences(both if _is_gan(visitor) else one, whose)))
    copy_field(key="share-link", data=link_and_code(st.context.url or "", link))


def link_and_code(url: str, link: str) -> dict[str, Any]:
    """The whole link, with the rows of its QR code where others can open it and it is short; else a hint."""
    place = shared_place(url)
    if place is None:
        hint = say(
            "Only this computer can open this link. To share it with a class, start the playground with: make class"
        )
        return {"text": f"{url.split('?')[0]}?n={link}", "hint": hint, "code": []}
    text = f"{place['address']}{urlsplit(url).path}?n={link}"
    return {"text": text, "hint": "", "code": qr_code(text, "l") if len(text) <= LONGEST_CODE else []}


def _code(visitor: Session) -> None:
    try:
        plan(visitor.shown)
    except SpecError as error:
        st.error(say(error.text), icon=":material/error:")
        return
    for tab, (name, write) in zip(st.tabs(list(TITLES.values())), PROGRAMS.items(), strict=True):
        with tab:
            source = write(visitor.shown, visitor.config)
            st.code(source, language="python", height=480)
            code_download(source, visitor.shown.name, name)


def code_download(source: str, network: str, framework: str) -> None:
    """The button that takes a program away."""
    file = f"{module_name(network, framework)}.py"
    st.download_button(
        say("Download {file}", file=file), source, file, "text/x-python", on_click="ignore", key=f"code-{framework}"
    )


def _uploaded(visitor: Session) -> None:
    file = entered("open-file")
    if file is not None:  # None when the visitor takes the file off again
        open_file(visitor, file.getvalue())


def _take(visitor: Session, read: Callable[[], Work]) -> None:
    """Put what is read on the table and show it."""
    try:
        work = read()
    except SpecError as error:
        visitor.notice = sentences(error.text, Text("The network here stays as it was."))
        return
    if isinstance(work, GanSpec):
        visitor.load_gan(work)
        visitor.part = visitor.part if _is_gan(visitor) else "generator"
        visitor.opened = _opened(work.name, work.generator, work.discriminator)
        return
    network, config = work
    visitor.part = network.role
    if network.role == "classifier":
        visitor.load(network, config)
    else:
        visitor.edit(network)
    visitor.opened = _opened(network.name, network)


def _opened(name: Text | str, *networks: NetworkSpec) -> Text:
    """What was opened: its name, and how large it is."""
    layers = sum(1 for network in networks for _ in cards(network.layers))
    parameters = sum(planned.parameters for network in networks for planned in survey(network)[0])
    return Text(
        "**Opened: {name}**, {layers}, {parameters}. Change it here, or train it.",
        name=called(name),
        layers=plural("{count} layer", "{count} layers", count=layers),
        parameters=plural("{count:,} parameter", "{count:,} parameters", count=parameters),
    )


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise SpecError(Text("The file is not text."), Text("Open a file that was saved here.")) from error
