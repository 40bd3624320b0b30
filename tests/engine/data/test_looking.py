"""A closer look at a data set, against NumPy; and corrections of its owner."""

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from engine.catalogue.params import SpecError
from engine.data import looking
from engine.data.found import load_set
from engine.data.importing import correct_labels, prepare_again
from engine.data.looking import AT_ONCE, averages, doubles, doubted, of_class
from engine.data.mnist import Data
from engine.data.own import Own, own_set, own_sets
from engine.data.preparing import Wanted
from engine.data.sets import FASHION, SETS
from tests.engine.data.test_own import OTHER, OWNER, archive, come, picture, saved, usual


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    yield tmp_path / "data"


def strip_of(told: dict[str, object]) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(str(told["strip"])))) as image:
        return np.asarray(image.convert("RGB"))


def test_averages_are_those_of_numpy() -> None:
    clothes = load_set(FASHION.name)
    images, labels = clothes.train_images.numpy() / 255, clothes.train_labels.numpy()
    told = averages(FASHION.name)
    for item in told["items"]:
        of_one = images[labels == item["label"]]
        assert (item["train"], item["test"]) == (len(of_one), int((clothes.test_labels == item["label"]).sum()))
        assert item["brightness"] == pytest.approx(of_one.mean(), abs=1e-4)
        assert item["spread"] == pytest.approx(of_one.std(0).mean(), abs=1e-4)
    strip = strip_of(told)
    assert strip.shape == (28, 280, 3)
    assert np.abs(strip[:, 28:56, 0] / 255 - images[labels == 1].mean(0)).mean() < 0.02


def test_few_pictures_are_numbers_at_once_and_the_figures_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = averages(FASHION.name), doubles(FASHION.name)
    monkeypatch.setattr(looking, "NUMBERS", 200_000)
    assert {len(part) for part in looking._parts(torch.zeros(30, 3, 96, 96))} == {7, 2}
    for known in (looking._averages, looking._doubles):
        known.cache_clear()
    again = averages(FASHION.name), doubles(FASHION.name)
    assert again[1] == whole[1] and again[0]["strip"] == whole[0]["strip"]
    for one, other in zip(again[0]["items"], whole[0]["items"], strict=True):
        assert one == pytest.approx(other, abs=1e-4)


def test_the_nearest_doubles_are_found() -> None:
    clothes = load_set(FASHION.name)
    train, test = (part.reshape(len(part), -1).float() / 255 for part in (clothes.train_images, clothes.test_images))
    apart = (torch.cdist(test, train) / 28).min(1)
    told = doubles(FASHION.name)
    (one, two), nearest = told["items"][:2], int(apart.values.argmin())
    assert (one["part"], two["part"]) == ("train", "test")
    assert (two["number"], one["number"]) == (nearest, int(apart.indices[nearest]))
    assert one["difference"] == pytest.approx(float(apart.values[nearest]), abs=1e-4)
    apart_all = [item["difference"] for item in told["items"][::2]]
    assert apart_all == sorted(apart_all) and len(apart_all) == AT_ONCE // 2
    assert doubles(FASHION.name, 12)["items"][0]["difference"] >= apart_all[-1]


def test_labels_that_a_network_doubts_come_surest_first() -> None:
    clothes = load_set(FASHION.name)
    shares = torch.nn.functional.one_hot(clothes.train_labels[:500], 10).float() * 0.9
    for place, (read, share) in {7: (3, 0.6), 11: (4, 0.95), 450: (5, 0.7)}.items():
        shares[place] = 0
        shares[place, (int(clothes.train_labels[place]) + read) % 10] = share
    told = doubted(FASHION.name, shares)
    assert [item["number"] for item in told["items"]] == [11, 450, 7]
    assert (told["total"], told["count"]) == (3, 500)


@pytest.mark.parametrize("name", SETS)
def test_all_pictures_of_a_class_are_listed_page_by_page(name: str) -> None:
    first, second = of_class(name, "test", 3), of_class(name, "test", 3, AT_ONCE)
    assert first["total"] == second["total"] == int((load_set(name).test_labels == 3).sum())
    assert not {i["number"] for i in first["items"]} & {i["number"] for i in second["items"]}


def many() -> bytes:
    return archive(usual() | {f"two/more {i}.png": saved(picture(500 + i)) for i in range(8)})


def parts_of(own: Own) -> tuple[Data, set[bytes], set[bytes]]:
    data = load_set(own.row.name)
    return data, *({image.numpy().tobytes() for image in part} for part in (data.train_images, data.test_images))


def test_corrections_are_made_kept_and_taken_back(tmp_path: Path) -> None:
    own = come(many(), tmp_path)
    before, train, test = parts_of(own)
    moved, out = before.train_images[3].numpy().tobytes(), before.test_images[1].numpy().tobytes()
    other = 1 - int(before.train_labels[3])
    fixed = own_set(correct_labels(own.row.name, {("train", 3): other, ("test", 1): None}, OWNER))
    assert [one.row.name for one in own_sets(OWNER)] == [fixed.row.name], "it takes the other's place"
    assert (fixed.corrected, fixed.row.title, fixed.row.shape) == (2, own.row.title, own.row.shape)
    after, train_after, test_after = parts_of(fixed)
    assert train_after == train and test_after == test - {out}, "each stays in its part"
    place = [image.numpy().tobytes() for image in after.train_images].index(moved)
    assert int(after.train_labels[place]) == other
    smaller = own_set(prepare_again(fixed.row.name, Wanted("Mine", side=32), OWNER))
    assert smaller.corrected == 2, "corrections outlast another size"
    again = own_set(correct_labels(smaller.row.name, {("train", 0): None}, OWNER))
    assert again.corrected == 3
    one_back = own_set(correct_labels(again.row.name, None, OWNER))
    assert one_back.corrected == 2
    back = own_set(correct_labels(one_back.row.name, None, OWNER))
    assert (back.corrected, sorted(back.counts)) == (0, sorted(own.counts))
    with pytest.raises(SpecError, match="nothing to undo"):
        correct_labels(back.row.name, None, OWNER)
    assert own_set(back.row.name) == back


@pytest.mark.parametrize("corrections", [{("train", 99): 0}, {("test", 0): 2}, {("train", -1): 0}, {("kept", 0): 0}])
def test_what_cannot_be_corrected_is_refused_and_changes_nothing(
    tmp_path: Path, corrections: dict[tuple[str, int], int]
) -> None:
    own = come(archive(usual()), tmp_path)
    with pytest.raises(SpecError, match="have changed meanwhile"):
        correct_labels(own.row.name, corrections, OWNER)
    assert own_sets(OWNER) == [own]


def test_a_class_keeps_enough_pictures(tmp_path: Path) -> None:
    own = come(archive(usual()), tmp_path)
    data = load_set(own.row.name)
    first = (data.train_labels == 0).nonzero().flatten().tolist()
    with pytest.raises(SpecError, match="too few pictures"):
        correct_labels(own.row.name, {("train", number): None for number in first}, OWNER)
    assert own_sets(OWNER) == [own]


def test_nobody_else_corrects(tmp_path: Path) -> None:
    own = come(archive(usual() | {"one/a.png": saved(picture(800))}), tmp_path)
    with pytest.raises(SpecError, match="not yours"):
        correct_labels(own.row.name, {("train", 0): 1}, OTHER)
