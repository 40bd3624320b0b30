"""What people call their networks: as one line of text, as a literal in a Python program, as a name of a file."""

import re

from engine.catalogue.params import SpecError

MAX_NAME = 60  # characters
RESERVED = {"con", "prn", "aux", "nul"} | {f"{device}{n}" for device in ("com", "lpt") for n in range(10)}  # Windows


def clean(text: str) -> str:
    """One line of at most MAX_NAME characters, all of which can be seen: no control, bidi mark or half a character.
    White space becomes spaces; the rest of what cannot be seen is left out."""
    spaced = "".join(" " if c.isspace() else c for c in text)
    return "".join(c for c in spaced if c.isprintable())[:MAX_NAME]


def name_from_json(value: object) -> str:
    """An untrusted name, not cleaned yet. Raises SpecError for what is none, or is too long."""
    if not isinstance(value, str) or len(value) > MAX_NAME:
        raise SpecError("The name is not a short line of text.", f"Use up to {MAX_NAME} characters.")
    return value


def literal(text: str) -> str:
    r"""`text` as a Python string literal: one line of printable ASCII, anything else as `\n`, `\u202e` and the like.

    The only way for a person's text into a program, and never in its first two lines: Python looks there for the
    encoding (PEP 263), within strings too.
    """
    escaped = (rf"\{c}" if c in '"\\' else c if " " <= c <= "~" else ascii(c)[1:-1] for c in text)
    return f'"{"".join(escaped)}"'


def file_stem(name: str, otherwise: str = "network") -> str:
    """The name as that of a file before its ending, as every system takes it: a-z, 0-9 and single hyphens in between,
    at most MAX_NAME of them, nothing that Windows keeps for devices. `otherwise` where nothing is left."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:MAX_NAME].strip("-") or otherwise
    return f"{stem}-{otherwise}" if stem in RESERVED else stem


def module_name(name: str, framework: str) -> str:
    """The name as that of an exported program, such as `lenet_5_pytorch`, which another program can import."""
    stem = file_stem(name).replace("-", "_")
    return f"{'network_' if stem[0].isdigit() else ''}{stem}_{framework}"
