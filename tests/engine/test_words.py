"""What people read in catalogues, recipes, presets and errors is a text that can be said in any language."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.catalogue.layers import GROUPS, INITS, LAYERS
from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.gan.config import GAN_CONFIG_CODEC, GAN_SETTINGS
from engine.gan.losses import GAN_LOSSES
from engine.gan.recipes import RECIPES
from engine.kinds import KINDS
from engine.plane.config import PLANE_SETTINGS, TARGETS
from engine.study.config import STUDY_SETTINGS
from engine.text import Text
from engine.training.architectures import ALL_PRESETS, FAMILIES
from engine.training.config import SETTINGS, TRAIN_CODEC
from tools.texts import collected

ROOT = Path(__file__).parents[2]
WORDS = {"label", "help", "doc", "title", "titles", "unit"}
SYMBOLS = {"", "px", "nats"}  # units that are the same in every language
SENTENCES = {"SpecError", "Failed", "Diverged", "Recovered", "HealthChanged", "Mend"}
TABLES: dict[str, Any] = {
    "layers": LAYERS,
    "losses": LOSSES,
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
    "GAN losses": GAN_LOSSES,
    "presets": ALL_PRESETS,
    "recipes": RECIPES,
    "targets": TARGETS,
    "settings of a training": SETTINGS,
    "settings of a GAN": GAN_SETTINGS,
    "settings in the plane": PLANE_SETTINGS,
    "settings of a study": STUDY_SETTINGS,
    **{f"live settings of {name}": kind.live for name, kind in KINDS.items()},
}


def words(row: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a row that people read, and those of its parameters."""
    for field in fields(row):
        value = getattr(row, field.name)
        if field.name in WORDS:
            yield from ((field.name, one) for one in (value if isinstance(value, tuple) else [value]))
        elif field.name == "params":
            yield from (word for param in value.values() for word in words(param))


@pytest.mark.parametrize("table", TABLES)
def test_every_word_of_a_row_is_a_text(table: str) -> None:
    for name, row in TABLES[table].items():
        assert is_dataclass(row)
        for field, word in words(row):
            assert isinstance(word, Text) or (field == "unit" and word in SYMBOLS), (name, field, word)


def test_names_of_groups_of_initialisations_and_of_choices_are_texts() -> None:
    assert all(isinstance(word, Text) for word in (*GROUPS.values(), *INITS.values(), *FAMILIES.values()))
    assert GROUPS.keys() == {row.group for row in LAYERS.values()}
    for codec in (
        TRAIN_CODEC,
        GAN_CONFIG_CODEC,
        *(kind.codec for kind in KINDS.values() if kind.codec.of.__module__.startswith("engine.")),
    ):
        assert isinstance(codec.where, Text)
        choices = {name for name, form in codec.fields.items() if isinstance(form, dict)}
        assert codec.titles.keys() == choices, codec.where
        assert all(isinstance(title, Text) for title in codec.titles.values())


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def is_plain(node: ast.expr) -> bool:
    """Whether an expression is a string, an f-string, strings added up, or a choice of such."""
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(left=left, right=right):
            return is_plain(left) or is_plain(right)
        case ast.IfExp(body=body, orelse=other):
            return is_plain(body) or is_plain(other)
    return False


def plain_sentences(source: str) -> list[int]:
    """The lines on which an error or an event gets a sentence that is no text, itself or by way of a variable."""
    tree = ast.parse(source)
    plain: dict[str, bool] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    plain[target.id] = plain.get(target.id, False) or is_plain(node.value)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in SENTENCES:
            first = {"Mend": node.args[:1], "HealthChanged": node.args[2:4]}.get(called(node), node.args)
            named = [keyword.value for keyword in node.keywords if keyword.arg in ("what", "why", "cure", "label")]
            if any(is_plain(a) or (isinstance(a, ast.Name) and plain.get(a.id)) for a in (*first, *named)):
                found.append(node.lineno)
    return found


def test_errors_and_events_get_texts_and_no_finished_sentences() -> None:
    engine = ROOT / "engine"
    paths = sorted(engine.rglob("*.py"))
    plain = {path.name: found for path in paths if (found := plain_sentences(path.read_text(encoding="utf-8")))}
    assert len(paths) > 50 and not plain


@pytest.mark.parametrize(
    "source",
    [
        'SpecError("It is too wide.", Text("Use less."))',
        'SpecError(Text("It is too wide."), f"Use {most}.")',
        'what = f"It is {width} wide."\nSpecError(what, Text("Use less."))',
        'Failed(why="It is lost.", cure=Text("Try again."))',
        'HealthChanged(step, "healthy", "All is well.", None, {}, live=True)',
    ],
)
def test_a_finished_sentence_is_found(source: str) -> None:
    assert plain_sentences(source)


BETTER = {  # the field's word, one for one thing
    r"\bmade (pictures|ones|points)\b|\bof made\b": "generated",
    r"\bFrechet\b": "Fréchet",
    r"\d x \d|\} x \{": "×",
    r"\bhalt": "pause",
    r"\bRead by\b": "Model",
    r"\b[Dd]igits covered\b": "modes covered",
    r"\bSize of z\b": "latent size",
    r"\bsix (numbered )?steps\b|\bNext step\b": "stages",
}


def test_one_word_stands_for_one_thing_in_all_that_people_read() -> None:
    told = [form for message in collected() for form in (message.id if isinstance(message.id, tuple) else [message.id])]
    assert len(told) > 1000
    assert not [(form, better) for form in told for worse, better in BETTER.items() if re.search(worse, form)]


def test_presets_and_recipes_have_one_name_each() -> None:
    names = [preset.network.name for preset in ALL_PRESETS.values()] + [recipe.gan.name for recipe in RECIPES.values()]
    assert len(set(names)) == len(names) and all(names)
