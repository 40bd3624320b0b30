"""Pictures of one's own: what comes in, what is left out and why, who sees it, and that no archive or picture of a
stranger does harm."""

import gzip
import io
import json
import os
import random
import stat
import struct
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from engine.catalogue.params import SpecError
from engine.data import importing
from engine.data.fitting import border, fit
from engine.data.found import check_owner, load_data
from engine.data.gather import gather
from engine.data.importing import bring_in, prepare_again
from engine.data.own import Own, days_left, delete_own, is_of, own_set, own_sets, pictures_folder, sweep
from engine.data.preparing import Wanted, make_set
from engine.data.sets import MNIST, follow, settings_for
from engine.data.split_own import Kept, split
from engine.data.wall import sheet, take_away
from engine.files import ASSETS
from engine.kinds import check_job
from engine.limits import Limits
from engine.network.build import build
from engine.network.spec import plan
from engine.training.architectures import ALL_PRESETS
from engine.training.events import Finished
from engine.training.kind import Classification
from engine.training.train import train

OWNER, OTHER = "a-visitor-with-a-cookie", "another-visitor-of-it"
BALLS = ASSETS / "balls" / "balls.zip"
MUTATED = int(os.environ.get("MUTATED_ARCHIVES", "200"))


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "data"
    monkeypatch.setenv("PLAYGROUND_DATA", str(folder))
    yield folder


def picture(number: int, mode: str = "RGB", size: tuple[int, int] = (20, 15)) -> Image.Image:
    """One that no other is like."""
    noise = np.random.default_rng(number).integers(0, 255, (*size[::-1], 3)).astype(np.uint8)
    return Image.fromarray(noise).convert(mode)


def saved(image: Image.Image, form: str = "PNG", **settings: object) -> bytes:
    with io.BytesIO() as file:
        image.save(file, form, **settings)
        return file.getvalue()


def usual(folder: str = "") -> dict[str, bytes]:
    return {
        f"{folder}{name}/{i}.png": saved(picture(100 * k + i))
        for k, name in enumerate(("one", "two"))
        for i in range(12)
    }


def archive(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", method) as made:
            for name, content in files.items():
                made.writestr(name, content)
        return file.getvalue()


def come(content: bytes, tmp_path: Path, wanted: Wanted | None = None) -> Own:
    source = tmp_path / "sent.zip"
    source.write_bytes(content)
    return own_set(bring_in(source, wanted or Wanted("Mine", side=16), OWNER))


def made(content: bytes, folder: Path, wanted: Wanted | None = None) -> dict[str, int]:
    """The same in this process, for the tests' sake; what was left out and how often."""
    source = folder.with_suffix(".zip")
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(content)
    make_set(source, folder, wanted or Wanted("Mine", side=16), OWNER, (), lambda _: None)
    return {one["why"]["text"]: one["count"] for one in json.loads((folder / "about.json").read_bytes())["left_out"]}


def test_balls_come_in_split_without_leaks_and_a_small_network_tells_them_apart(tmp_path: Path) -> None:
    own = come(BALLS.read_bytes(), tmp_path, Wanted("Balls", side=32))
    row = own.row
    assert row.reads.classes == ("basketball", "football", "tennis ball") and not own.left_out
    assert (row.shape, row.train, row.test, row.validation) == ((3, 32, 32), 185, 45, 35)
    preset = ALL_PRESETS["photo"]
    network, config = follow(preset.network, row.reads, row.shape), settings_for(preset.config, row, MNIST)
    assert (config.train_images, config.validation_images) == (150, 35)
    check_job(Classification(network, config))
    loaded = load_data(network)
    sides = [{image.numpy().tobytes() for image in images} for images in (loaded.train_images, loaded.test_images)]
    assert len(sides[0]) == 185 and not sides[0] & sides[1]
    *_, end = train(build(plan(network), 0), replace(config, epochs=12), loaded)
    assert isinstance(end, Finished) and end.test_accuracy > 0.8 and len(end.confusion) == 3


def test_what_is_no_usable_picture_is_left_out_and_named(tmp_path: Path) -> None:
    frames = [picture(i) for i in (900, 901)]
    files = usual() | {
        "one/doubled.png": saved(picture(0)),
        "two/doubled elsewhere.png": saved(picture(0)),
        "one/words.jpg": b"only words",
        "one/cut.png": saved(picture(902))[:400],
        "one/moves.gif": saved(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "two/huge.png": saved(Image.new("1", (8000, 6000))),
        "lost.png": saved(picture(903)),
        "__MACOSX/one/._0.png": b"nothing",
        "one/Thumbs.db": b"nothing",
    }
    left_out = made(archive(files), tmp_path / "set")
    assert left_out == {
        "the same picture twice": 2,
        "This file is not a picture.": 1,
        "The picture is damaged.": 1,
        "animated": 1,
        "The picture has more than {most:.3g} megapixels.": 1,
        "not in a folder of a class": 1,
    }


def test_every_kind_of_picture_comes_in_upright_whatever_its_ending(tmp_path: Path) -> None:
    turned = Image.new("RGB", (60, 30), "red")
    turned.paste("blue", (0, 0, 30, 30))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned to the right
    see_through = picture(1, "RGBA")
    see_through.putalpha(90)
    files = usual() | {
        "one/cmyk.jpg": saved(picture(2, "CMYK"), "JPEG"),
        "one/sixteen.png": saved(Image.fromarray(np.arange(1200, dtype=np.uint16).reshape(30, 40) * 50)),
        "one/palette.gif": saved(picture(3, "P"), "GIF"),
        "one/a png.jpg": saved(picture(904)),
        "two/see-through.webp": saved(see_through, "WEBP"),
        "two/bits.bmp": saved(picture(5, "1"), "BMP"),
        "two/turned.jpg": saved(turned, "JPEG", exif=exif, quality=95),
    }
    folder = tmp_path / "set"
    assert made(archive(files), folder) == {}
    about = json.loads((folder / "about.json").read_bytes())
    assert about["train"] + about["test"] == 31


@pytest.mark.parametrize("folder", ["", "balls/", "a/b/c/", "日本語/"])
def test_folders_around_the_classes_do_not_matter(folder: str, tmp_path: Path) -> None:
    files = {f"{folder}{name}/{i}.png": b"" for name in ("Ähre", "القط", "猫 と 犬") for i in range(3)}
    (tmp_path / "sent.zip").write_bytes(archive(files))
    assert set(gather(tmp_path / "sent.zip").classes) == {"Ähre", "القط", "猫 と 犬"}


def test_folders_for_the_parts_are_used_as_such(tmp_path: Path) -> None:
    files: dict[str, bytes] = {}
    for place, (part, count) in enumerate((("train", 10), ("val", 4), ("Test", 5))):
        for k, name in enumerate(("one", "two")):
            first = 1000 + 100 * place + 50 * k
            files |= {f"set/{part}/{name}/{i}.png": saved(picture(first + i)) for i in range(count)}
    made(archive(files), tmp_path / "set")
    about = json.loads((tmp_path / "set" / "about.json").read_bytes())
    assert about["counts"] == [[10, 4, 5], [10, 4, 5]] and (about["train"], about["validation"]) == (28, 8)


def test_pictures_that_look_alike_stay_on_one_side() -> None:
    pictures = [Kept("", i % 2, f"{i % 2} {i // 10}") for i in range(80)]
    parts = split(pictures, ("one", "two"))
    assert sorted(place for places in parts.values() for place in places) == list(range(80))
    groups = [{pictures[place].alike for place in places} for places in parts.values()]
    assert not (groups[0] & groups[1] or groups[0] & groups[2] or groups[1] & groups[2]) and all(groups)


@pytest.mark.parametrize("way", ["crop", "fit", "stretch"])
def test_a_picture_is_made_square_in_three_ways(way: str) -> None:
    wide = Image.new("RGB", (80, 40), "red")
    wide.paste("blue", (0, 0, 20, 40))
    pixels = fit(wide, (3, 16, 16), way, 7)
    left, top = pixels[2, 8, 0], pixels[:, 0, 8].tolist()
    assert (left > 200) == (way != "crop") and (top == [7, 7, 7]) == (way == "fit")
    assert fit(wide, (1, 16, 16), way, 7).shape == (16, 16) and border(np.full((16, 16), 9, np.uint8)) == 9


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "There is no file in it"),
        ({"a.png": b""}, "There is no picture in a folder"),
        ({"one/a.png": b"", "one/b.png": b""}, "All pictures are in one folder, 'one'"),
        ({f"{i}/a.png": b"" for i in range(101)}, "101 folders, each a class"),
        ({f"{i % 2}/{i}.png": b"" for i in range(5_001)}, r"5,001 pictures\. Use at most 5,000"),
        ({"one/a.png": b"x", "two/b.png": b"x"}, "No picture of the class 'one' can be read"),
        (
            {f"{k}/{i}.png": saved(picture(9 * k + i)) for k in (0, 1) for i in range(3)},
            "class '0' has too few pictures: 3",
        ),
    ],
)
def test_an_archive_without_classes_is_refused_with_what_to_do(
    files: dict[str, bytes], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(SpecError, match=sentence):
        made(archive(files), tmp_path / "set")


def test_ways_out_of_the_archive_links_locks_and_bombs_are_left_out(tmp_path: Path, data: Path) -> None:
    with zipfile.ZipFile(tmp_path / "sent.zip", "w", zipfile.ZIP_DEFLATED) as made_zip:
        for name, content in usual().items():
            made_zip.writestr(name, content)
        for name in ("../../one/out.png", "/one/root.png", "C:/one/drive.png", "one/..\\..\\back.png"):
            made_zip.writestr(name, saved(picture(1)))
        link = zipfile.ZipInfo("one/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made_zip.writestr(link, "/etc/passwd")
        made_zip.writestr("two/bomb.png", bytes(30_000_000))
        made_zip.writestr(zipfile.ZipInfo("one/other.png"), b"x" * 10, zipfile.ZIP_LZMA)
    own = own_set(bring_in(tmp_path / "sent.zip", Wanted("Mine", side=16), OWNER))
    assert {str(why): count for why, count, _ in own.left_out} == {
        "a name that leads out of the archive": 4,
        "a link, not a file": 1,
        "larger than 20 MB": 1,
        "packed in a way that is not read here": 1,
    }
    assert own.row.train + own.row.test == 24
    outside = [path for path in tmp_path.rglob("*") if not path.is_relative_to(data) and path.name != "sent.zip"]
    assert outside == [data] or outside == []


def test_a_file_that_unpacks_to_more_than_its_header_says_is_broken(tmp_path: Path) -> None:
    content = bytearray(archive(usual() | {"one/liar.png": bytes(1000)}))
    at = content.rindex(b"one/liar.png") - 46 + 24  # its size in the directory
    content[at : at + 4] = (10).to_bytes(4, "little")
    assert sum(made(bytes(content), tmp_path / "set").values()) == 1


def test_pictures_are_their_owner_s_alone_and_go_at_once(tmp_path: Path) -> None:
    own = come(archive(usual()), tmp_path)
    name = own.row.name
    assert [one.row.name for one in own_sets(OWNER)] == [name] and own_sets(OTHER) == []
    assert is_of(OWNER, name) and not is_of(OTHER, name) and is_of(OTHER, "mnist")
    network = follow(ALL_PRESETS["mlp"].network, own.row.reads, own.row.shape)
    check_owner(network, OWNER)
    with pytest.raises(SpecError, match="somebody's own pictures"):
        check_owner(network, OTHER)
    with pytest.raises(SpecError, match="not here any more"):
        delete_own(OTHER, name)
    with pytest.raises(SpecError, match="not yours"):
        prepare_again(name, Wanted("Mine", side=24), OTHER)
    delete_own(OWNER, name)
    assert list(pictures_folder().iterdir()) == [] and own_sets(OWNER) == []
    with pytest.raises(SpecError, match="not here any more"):
        load_data(network)


def test_they_are_deleted_when_their_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = come(archive(usual()), tmp_path)
    assert days_left(own) == 100
    sweep()
    assert [known.row.name for known in own_sets(OWNER)] == [own.row.name]
    later = time.time() + 100 * 86_400
    monkeypatch.setattr("engine.data.own.time.time", lambda: later)
    assert days_left(own) == 0
    sweep()
    assert not own_sets(OWNER) and not any(pictures_folder().iterdir())


def test_they_can_be_made_anew_in_another_size_and_taken_away(tmp_path: Path) -> None:
    first = come(archive(usual()), tmp_path)
    own = own_set(prepare_again(first.row.name, Wanted("Mine", False, 32, "fit"), OWNER))
    assert own.row.shape == (1, 32, 32) and own.counts == first.counts
    assert [one.row.name for one in own_sets(OWNER)] == [own.row.name]
    assert Image.open(io.BytesIO(sheet(own.row.name, 1))).width == 8 * 64
    take_away(pictures_folder() / own.row.name, tmp_path / "pictures.npz")
    assert np.load(tmp_path / "pictures.npz")["train_images"].shape == (own.row.train, 32, 32)


def test_there_is_room_for_so_many_sets_and_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    come(archive(usual()), tmp_path)
    monkeypatch.setattr("engine.data.own.limits", lambda: Limits(sets_per_owner=1))
    with pytest.raises(SpecError, match=r"You have 1 data sets of your own\. Delete one first"):
        come(archive(usual()), tmp_path)
    monkeypatch.setattr("engine.data.own.limits", lambda: Limits(pictures_gb=1e-6))
    with pytest.raises(SpecError, match="no room for more pictures"):
        come(archive(usual()), tmp_path)


def test_a_picture_that_ends_the_process_is_left_out_and_the_rest_comes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a decoder that stands still at one of them."""
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(
        "import os, sys\n"
        "if 'engine.data.preparing' in ' '.join(sys.orig_argv):\n"
        "    from PIL import Image\n"
        "    usual = Image.open\n"
        "    def opened(file, *rest, **more):\n"
        "        found = usual(file, *rest, **more)\n"
        "        if found.size == (41, 31): os._exit(9)\n"
        "        return found\n"
        "    Image.open = opened\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(hook))
    own = come(archive(usual() | {"one/evil.png": saved(picture(1, size=(41, 31)))}), tmp_path)
    assert [(str(why), names) for why, _, names in own.left_out] == [("takes too much to open", ("one/evil.png",))]


def test_a_process_that_says_nothing_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "PATIENCE", 0.05)
    with pytest.raises(SpecError, match="take too much to open"):
        come(archive(usual()), tmp_path)
    assert list(pictures_folder().glob("*")) == []


def mutations() -> Iterator[Callable[[random.Random], bytes]]:
    """Ways to spoil an archive, or the pictures in it."""
    text = PngImagePlugin.PngInfo()
    text.add_text("note", "x" * 300, zip=True)
    sorts = {
        "png": saved(picture(7), "PNG", pnginfo=text),
        "jpg": saved(picture(7), "JPEG"),
        "gif": saved(picture(7, "P"), "GIF"),
        "webp": saved(picture(7), "WEBP"),
        "bmp": saved(picture(7), "BMP"),
    }
    whole = usual()

    def of_archive(dice: random.Random) -> bytes:
        return spoil(archive(whole, dice.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))), dice)

    def of_picture(dice: random.Random) -> bytes:
        name = dice.choice(list(sorts))
        return archive(whole | {f"one/spoiled.{name}": spoil(sorts[name], dice)}, zipfile.ZIP_STORED)

    def of_names(dice: random.Random) -> bytes:
        odd = "".join(
            chr(dice.choice((0, 10, 46, 47, 58, 92, 0x202E, 0x1F600, dice.randrange(32, 0x3000)))) for _ in range(9)
        )
        return archive(whole | {f"a{odd}/a.png": sorts["png"], f"one/{odd}": sorts["jpg"]})

    while True:
        yield from (of_archive, of_picture, of_picture, of_names)


def spoil(content: bytes, dice: random.Random) -> bytes:
    """Change, cut, double or put in some bytes."""
    spoiled = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 8))):
        at, size = dice.randrange(len(spoiled)), dice.choice((1, 2, 4, 64))
        match dice.randrange(4):
            case 0:
                spoiled[at : at + size] = dice.randbytes(size)
            case 1:
                del spoiled[at : at + size * 20]
            case 2:
                spoiled[at:at] = spoiled[at : at + size * 5]
            case _:
                spoiled[at : at + 4] = dice.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff"))
        if not spoiled:
            break
    return bytes(spoiled) or b"\0"


def test_spoiled_archives_and_pictures_are_taken_or_refused_and_nothing_else_happens(tmp_path: Path) -> None:
    dice, refused = random.Random(1), 0
    folder = tmp_path / "set"
    for _, mutation in zip(range(MUTATED), mutations(), strict=False):
        try:
            made(mutation(dice), folder)
        except SpecError as error:
            assert error.what and error.cure
            refused += 1
    assert 0 < refused < MUTATED
    assert {path.name for path in tmp_path.iterdir()} == {"set", "set.zip"}


def idx(values: np.ndarray[Any, Any]) -> bytes:
    """An IDX file of bytes, as its format says."""
    return struct.pack(f">{1 + values.ndim}I", 0x800 + values.ndim, *values.shape) + values.astype(np.uint8).tobytes()


def idx_pair(count: int, seed: int, side: int = 20) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    dice = np.random.default_rng(seed)
    return dice.integers(0, 255, (count, side, side)).astype(np.uint8), np.arange(count) % 3 + 4


def test_idx_files_come_in_as_they_are_packed_or_not(tmp_path: Path) -> None:
    (train, labels), (test, answers) = idx_pair(60, 1), idx_pair(15, 2)
    with zipfile.ZipFile(tmp_path / "k.zip", "w") as archive:
        archive.writestr("k/train-images-idx3-ubyte", idx(train))
        archive.writestr("k/train-labels-idx1-ubyte", idx(labels))
        archive.writestr("k/t10k-images-idx3-ubyte.gz", gzip.compress(idx(test)))
        archive.writestr("k/t10k-labels-idx1-ubyte.gz", gzip.compress(idx(answers)))
        archive.writestr("k/readme.txt", "what they are")
    name = bring_in(tmp_path / "k.zip", Wanted("Kana", False, 20, "fit"), OWNER)
    own, loaded = own_set(name), load_data(follow(ALL_PRESETS["photo"].network, own_set(name).row.reads, (1, 20, 20)))
    assert own.row.reads.classes == ("4", "5", "6")
    assert (len(loaded.train_images), len(loaded.test_images)) == (60, 15)
    known = {picture.tobytes(): int(label) for picture, label in zip((*train, *test), (*labels, *answers), strict=True)}
    for images, classes in ((loaded.train_images, loaded.train_labels), (loaded.test_images, loaded.test_labels)):
        for image, label in zip(images, classes, strict=True):
            assert known[image.numpy().tobytes()] == int(own.row.reads.classes[int(label)])
    assert [(str(why), count) for why, count, _ in own.left_out] == [("beside IDX files, and none of a pair", 1)]


def test_of_many_idx_pictures_the_first_are_taken_and_the_rest_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.data.gather.limits", lambda: Limits(picture_files=30))
    images, labels = idx_pair(100, 3)
    (tmp_path / "images-idx3-ubyte").write_bytes(idx(images))
    (tmp_path / "labels-idx1-ubyte").write_bytes(idx(labels))
    found = gather(tmp_path)
    assert len([one for one in found.files if not one.why]) == 30
    assert "beyond the first 30" in str(found.files[-1].why)


@pytest.mark.parametrize(
    ("pictures", "labels", "words"),
    [
        (idx(idx_pair(9, 1)[0]), idx(np.arange(8)), "9 pictures and 8 labels"),
        (idx(idx_pair(9, 1)[0])[:-1], idx(np.arange(9)), "ends too early"),
        (b"\x1f\x8b" + bytes(50), idx(np.arange(9)), "damaged"),
        (b"", idx(np.arange(9)), "no IDX file"),
        (idx(np.arange(9)), idx(np.arange(9)), "no IDX file"),
        (struct.pack(">4I", 0x803, 9, 70_000, 70_000), idx(np.arange(9)), "too large"),
        (struct.pack(">4I", 0x803, 2**32 - 1, 2**32 - 1, 2**32 - 1), idx(np.arange(9)), "too large"),
        (struct.pack(">4I", 0x803, 9, 0, 0), idx(np.arange(9)), "0 × 0"),
        (gzip.compress(struct.pack(">4I", 0x803, 9, 300, 300) + bytes(9 * 90_000)), idx(np.arange(9)), "300 × 300"),
    ],
)
def test_idx_files_that_are_none_are_refused_in_words(
    tmp_path: Path, pictures: bytes, labels: bytes, words: str
) -> None:
    (tmp_path / "images-idx3-ubyte").write_bytes(pictures)
    (tmp_path / "labels-idx1-ubyte").write_bytes(labels)
    with pytest.raises(SpecError, match=words):
        gather(tmp_path)
