"""What a visitor sees and hears of a page, and what of that is still English, cut off or overlapping."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError, Message
from playwright.sync_api import Page, WebSocket
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from engine.catalogue.layers import LAYERS
from engine.gan.losses import GAN_LOSSES
from engine.gan.recipes import RECIPES
from engine.training.architectures import ALL_PRESETS
from engine.training.config import CATALOGUES
from tools.texts import pseudo

COLLECT = Path(__file__).with_name("visible_text.js").read_text(encoding="utf-8")
Finding = tuple[str, str]


class Pseudo:
    """The pseudo-language of `tools.texts`, for a text that no page shows by itself."""

    def translate(self, template: str) -> str:
        return pseudo(template)

    def translate_plural(self, one: str, many: str, count: float) -> str:
        return pseudo(one if count == 1 else many)

    def number(self, written: str) -> str:
        return written


# Selectors of what we did not write, or what is no language.
NOT_OURS = {
    "script, style, template, noscript": "never shown",
    "code, pre": "programs and addresses",
    "[role=img][aria-label$=' icon']": "icons in a line of text, which Streamlit names",
    "[data-testid=stIconMaterial], [data-testid=stAlertDynamicIcon], .symbol": "words that the font draws as icons",
    "[data-testid=stFileUploaderDropzone]": "Streamlit's own words for files",
    "[data-testid=stElementToolbar]": "Streamlit's own buttons on tables and charts",
    "[data-testid=stSkipToContent]": "Streamlit's own link for screen readers",
    "[data-testid=stTooltipIcon]": "Streamlit's own name of the button beside a label, which holds that label",
    ".react-aria-ComboBox button, [data-testid=stNumberInputContainer] button": "Streamlit's own buttons of a field",
    "[data-testid^=stBaseButton] kbd": "Streamlit's own name of a key",
    ".shell-address, .address-button": "an address",
    ".language-switch option": "every language in its own words",
    "[class*=st-key-lesson-card-], .st-key-lesson-head, .st-key-lesson-steps": "a lesson, in the words of its author",
    ".st-key-lesson, .st-key-lesson-teacher, .st-key-lesson-line": "the same, step by step",
}
# Elements of which Streamlit itself writes what a screen reader says; their text is ours.
NAMED_BY_STREAMLIT = {
    "[data-testid=stSidebar]": "the place of the settings",
    "[data-testid^=stTabsScroll]": "moves a row of tabs",
    "[data-testid=stDialog] button:not([data-testid])": "closes a dialog",
}
ICONS = "[data-testid=stIconMaterial], .symbol"
# What lies over the page by intention: texts are compared with those of the same layer.
LAYERS_OF_PAGE = (
    "[data-testid=stDialog]",
    ".chart-values",
    "[data-testid=stSidebar]",
    ".st-key-top-bar",
    "[data-baseweb=popover]",
    "[data-testid=stTooltipContent]",
)
# What stays as it is in every language.
NAMES = sorted(
    {
        *LAYERS,
        *(kind for rows in CATALOGUES.values() for kind in rows),
        *GAN_LOSSES,
        *(preset.network.name for preset in ALL_PRESETS.values()),
        *(recipe.gan.name for recipe in RECIPES.values()),
        *("PyTorch", "Keras", "MNIST", "GAN", "GANs", "JSON", "PNG", "GIF", "WebP", "CUDA", "min", "sin", "tanh"),
    },
    key=len,
    reverse=True,
)
NAME = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in NAMES))
MARKUP = re.compile(
    r"!?\[\]\([^)]*\)|\]\([^)]*\)|<[^>]+>|:material/\w+:|:(?:gray|orange)\[|`[^`]*`|https?://\S+|\w+\.(?:py|json)\b|%\{[^}]*\}"
)
LETTERS = re.compile(r"[^\W\d_]+")
LONG = 3  # letters of a word that must be foreign


class Told:
    """The help texts that a page's script sends: they are seen only where the visitor points at something."""

    def __init__(self, page: Page) -> None:
        self.helps: list[Finding] = []
        page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._read)

    def _read(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            message = ForwardMsg()
            try:
                message.ParseFromString(frame)
            except DecodeError:
                return
            self.helps += [(text, "help") for text in _helps(message)]


def _helps(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.name == "help":
            yield value
        elif isinstance(value, Message):
            yield from _helps(value)
        elif field.message_type is not None and not field.message_type.GetOptions().map_entry:
            for part in value:
                yield from _helps(part)


def look(page: Page) -> dict[str, list[Finding]]:
    """The page as it stands: its `texts` and where they are, those that are `cut` off, and pairs `overlapping`."""
    rules = {
        "notOurs": list(NOT_OURS),
        "namedByStreamlit": list(NAMED_BY_STREAMLIT),
        "icons": ICONS,
        "layers": LAYERS_OF_PAGE,
    }
    found: dict[str, Any] = page.evaluate(COLLECT, rules)
    return {name: [(text, place) for text, place in pairs] for name, pairs in found.items()}


def findings(page: Page, told: Told) -> list[str]:
    """What is wrong with the page as it stands, each with its place."""
    seen = look(page)
    read = [*seen["texts"], *told.helps]
    english = [f"English {words}: {text[:90]!r} at {at}" for text, at in read if (words := english_words(text))]
    wrong = [f"{name}: {text[:90]!r} at {at}" for name in ("cut", "overlapping") for text, at in seen[name]]
    return english + wrong


def english_words(text: str) -> list[str]:
    """Words of three and more letters without accents, but for names: no text in the pseudo-language has one."""
    plain = NAME.sub(" ", MARKUP.sub(" ", text))
    return [word for word in LETTERS.findall(plain) if len(word) >= LONG and word.isascii()]
