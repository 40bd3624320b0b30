"""Names of networks: cleaned to one line of text, written as a Python literal, turned into a file's name."""

import re

from engine.catalogue.params import SpecError
from engine.text import Text

MAX_NAME = 60  # characters
RESERVED = {"con", "prn", "aux", "nul"} | {f"{device}{n}" for device in ("com", "lpt") for n in range(10)}  # Windows


def clean(text: str) -> str:
    """Clean a name to one line of at most MAX_NAME visible characters: white space becomes spaces, control characters,
    bidi marks and half characters are dropped."""
    spaced = "".join(" " if c.isspace() else c for c in text)
    return "".join(c for c in spaced if c.isprintable())[:MAX_NAME]


def name_from_json(value: object) -> str:
    """Read an untrusted name, not cleaned yet. Raises SpecError when it is no text, or too long."""
    if not isinstance(value, str) or len(value) > MAX_NAME:
        raise SpecError(
            Text("The name is not a short line of text."), Text("Use up to {most} characters.", most=MAX_NAME)
        )
    return value


def literal(text: str) -> str:
    r"""`text` as a Python string literal: one line of printable ASCII, anything else as `\n`, `\u202e` and the like.

    Use it for every text of a person in a program, and never in the first two lines: Python looks there for the
    encoding (PEP 263), within strings too.
    """
    escaped = (rf"\{c}" if c in '"\\' else c if " " <= c <= "~" else ascii(c)[1:-1] for c in text)
    return f'"{"".join(escaped)}"'


def file_stem(name: str, otherwise: str = "network") -> str:
    """Make a file's name, without its ending, that every system accepts: a-z, 0-9 and single hyphens, at most MAX_NAME
    characters, no device of Windows. Returns `otherwise` where nothing is left."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:MAX_NAME].strip("-") or otherwise
    return f"{stem}-{otherwise}" if stem in RESERVED else stem


def module_name(name: str, framework: str) -> str:
    """Make the name of an exported program, such as `lenet_5_pytorch`, that another program can import."""
    stem = file_stem(name).replace("-", "_")
    return f"{'network_' if stem[0].isdigit() else ''}{stem}_{framework}"
