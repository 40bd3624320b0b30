"""Collects every text of the program for translators: `python tools/texts.py` writes assets/languages/messages.pot and
brings each language's file up to date; `python tools/texts.py de` begins a new language; `--pseudo FOLDER` writes a
language for tests, accented and longer than English.
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from engine.files import ASSETS

LANGUAGES = ASSETS / "languages"
KEYWORDS = {"Text": None, "say": None, "plural": (1, 2)}
OPTIONS = {"parse_template_string": True}
SOURCES = {"python": ("app.py", "pages/*.py", "ui/**/*.py", "engine/**/*.py"), "javascript": ("assets/web/**/*.js",)}
PSEUDO = "en_XA"
LONGER = 0.4
ACCENTS = str.maketrans("aceghijlnorstuyzACEGHIJLNORSTUYZ", "àçéĝĥïĵĺñöŕšţûýžÀÇÉĜĤÏĴĹÑÖŔŠŢÛÝŽ")
# What a translator leaves alone: places for values, icons, code, addresses of links, markup.
KEPT = re.compile(r"(\{\w+(?::[^{}]*)?\}|:material/\w+:|`[^`]*`|\]\([^)]*\)|https?://\S+|<[^>]+>)")


def collected() -> Catalog:
    """All texts of the program, each with the places where it is written."""
    catalog = Catalog(project="Deep Learning Playground", fuzzy=False)
    for method, patterns in SOURCES.items():
        for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern)}):
            for keyword in KEYWORDS.items():  # one by one: Babel overlooks a call within a call in JavaScript
                for line, message, comments, _ in extract_from_file(method, path, dict([keyword]), options=OPTIONS):
                    if message:
                        catalog.add(message, None, [(path.relative_to(ROOT).as_posix(), line)], auto_comments=comments)
    return catalog


def pseudo(template: str) -> str:
    """A template as a foreign reader might see it: accents on letters, 40 % longer, in brackets that show a cut. One
    without words stays as it is."""
    parts = KEPT.split(template)
    plain = "".join(parts[::2])
    if not any(letter.isalpha() for letter in plain):
        return template
    accented = "".join(part if i % 2 else part.translate(ACCENTS) for i, part in enumerate(parts))
    start, text, end = re.fullmatch(r"(\s*)(.*?)(\s*)", accented, re.DOTALL).groups()  # type: ignore[union-attr]
    return f"{start}⟦{text}{_padding(round(len(plain) * LONGER))}⟧{end}" if text else template


def _padding(length: int) -> str:
    """Words of foreign letters, so that a long line may break as any text does."""
    words = ""
    while len(words) < length:
        words += " ëẍţŕà" if length - len(words) > 3 else "ë"
    return words


def write_pseudo(folder: Path) -> Path:
    catalog = collected()
    for message in catalog:
        if isinstance(message.id, tuple):
            message.string = tuple(pseudo(form) for form in message.id)
        elif message.id:
            message.string = pseudo(message.id)
    return _write(catalog, folder / f"{PSEUDO}.po")


def update(language: str) -> Path:
    """Bring a language's file up to date, or begin it; what is new in it waits for a translation."""
    path = LANGUAGES / f"{language}.po"
    catalog = Catalog(locale=language, project="Deep Learning Playground", fuzzy=False)
    if path.exists():
        with path.open(encoding="utf-8") as file:
            catalog = read_po(file, locale=language)
    catalog.update(collected())
    return _write(catalog, path)


def _write(catalog: Catalog, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=120, sort_output=True)
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":")[0])
    parser.add_argument("language", nargs="?", help="the code of a language to begin, such as de or pt_BR")
    parser.add_argument("--pseudo", type=Path, metavar="FOLDER", help="write the language for tests there")
    asked = parser.parse_args()
    if asked.pseudo:
        print(write_pseudo(asked.pseudo))
    else:
        print(_write(collected(), LANGUAGES / "messages.pot"))
        known = {path.stem for path in LANGUAGES.glob("*.po")} | ({asked.language} if asked.language else set())
        for name in sorted(known):
            print(update(name))
