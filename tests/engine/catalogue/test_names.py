import ast
import re
import sys

import pytest

from engine.catalogue.names import MAX_NAME, RESERVED, clean, file_stem, literal, module_name
from engine.catalogue.params import SpecError
from engine.gan.config import GAN_CODEC, GanSpec
from engine.gan.recipes import RECIPES
from engine.network.spec import NetworkSpec, network_from_json, network_to_json
from tests.engine.export.hostile import hostile_names

NAMES = list(hostile_names(2_000))
EVERY_CHARACTER = [chr(point) for point in range(sys.maxunicode + 1)]


@pytest.mark.parametrize("text", ["LeNet-5", "", " a  b ", "数字 ü ß", "😀❤️", "x" * MAX_NAME, r"\n \" {} %s"])
def test_a_name_that_can_be_seen_stays_as_it_is(text: str) -> None:
    assert clean(text) == text
    assert NetworkSpec(name=text).name == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("two\nlines", "two lines"),
        ("a\u2028b\u2029c\x0bd\x0ce\x1cf\x85g\xa0h\ti", "a b c d e f g h i"),
        ("\ufeffa\0b\x7fc\u202ed\u2066e\ud800f", "abcdef"),
        ("👨\u200d👩", "👨👩"),
        ("x" * (MAX_NAME + 1), "x" * MAX_NAME),
    ],
)
def test_what_cannot_be_seen_is_taken_out_of_a_name(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
    gan = RECIPES["hinge"].gan
    assert NetworkSpec(name=text).name == GanSpec(gan.generator, gan.discriminator, name=text).name == cleaned


def test_any_name_is_a_short_line_that_can_be_saved_and_opened_again() -> None:
    for network in (NetworkSpec(name=text) for text in NAMES):
        assert len(network.name) <= MAX_NAME and network.name.isprintable() and len(network.name.splitlines()) <= 1
        assert network_from_json(network_to_json(network)) == network


def test_what_was_saved_under_a_name_that_cannot_be_seen_opens() -> None:
    gan = RECIPES["hinge"].gan
    for name in (name for name in NAMES if len(name) <= MAX_NAME):
        assert network_from_json(network_to_json(gan.generator) | {"name": name}).name == clean(name)
        assert GAN_CODEC.from_json(GAN_CODEC.to_json(gan) | {"name": name}).name == clean(name)


@pytest.mark.parametrize("name", [None, 7, ["x"], "x" * (MAX_NAME + 1)])
def test_what_is_no_short_text_is_refused_as_a_name(name: object) -> None:
    gan = RECIPES["hinge"].gan
    with pytest.raises(SpecError, match=r"name is not .* Use up to 60 characters\."):
        network_from_json(network_to_json(gan.generator) | {"name": name})
    with pytest.raises(SpecError, match=r"name is not .* Use up to 60 characters\."):
        GAN_CODEC.from_json(GAN_CODEC.to_json(gan) | {"name": name})


def test_a_literal_of_any_text_is_one_line_of_ascii_that_python_reads_back() -> None:
    for text in [*NAMES, *EVERY_CHARACTER, "".join(EVERY_CHARACTER[:3000])]:
        source = literal(text)
        assert source.isascii() and source.isprintable()
        assert source[0] == source[-1] == '"'
    texts = [*NAMES, *EVERY_CHARACTER[:0x3000], *EVERY_CHARACTER[0xD800:0xE000], *EVERY_CHARACTER[0x1F600:0x1F650]]
    assert ast.literal_eval(f"[{','.join(map(literal, texts))}]") == texts


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        *(("LeNet-5", "lenet-5"), ("../../etc", "etc"), ("", "network"), ("Ziffern ü", "ziffern")),
        *(
            ("CON", "con-network"),
            ("com¹", "com"),
            ("COM1.", "com1-network"),
            ("nul.txt", "nul-txt"),
            ("..", "network"),
        ),
        *(("x" * 500, "x" * MAX_NAME), ("a" * 59 + "!b", "a" * 59), ("数字", "network")),
    ],
)
def test_the_name_of_a_file_is_plain_whatever_the_network_is_called(name: str, stem: str) -> None:
    assert file_stem(name) == stem


def test_any_name_is_that_of_a_file_on_every_system() -> None:
    for name in NAMES:
        stem = file_stem(name)
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", stem) and len(stem) <= MAX_NAME
        assert stem not in RESERVED
        assert module_name(name, "pytorch").isidentifier()
    assert module_name("3 layers", "keras") == "network_3_layers_keras"
    assert file_stem("", "gan") == "gan"
