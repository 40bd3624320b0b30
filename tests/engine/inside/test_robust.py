"""Pictures made harder are those that the names say, and a network reads fewer of them, as plain torch finds."""

import pytest
import torch

from engine.data.mnist import load_mnist, normalise
from engine.inside.robust import CHANGES, blurred, covered, noisy, robustness, shifted, thickened, turned
from tests.engine.inside.test_learned import bundled

PICTURES = load_mnist().test_images[:50].float()


@pytest.mark.parametrize("name", CHANGES)
def test_one_level_changes_nothing_and_all_keep_to_paper_and_ink(name: str) -> None:
    change, levels = CHANGES[name].change, CHANGES[name].levels
    assert torch.allclose(change(PICTURES, 0), PICTURES, atol=0.01)
    assert list(levels) == sorted(levels) and 0 in levels
    for level in levels:
        made = change(PICTURES, level)
        assert made.shape == PICTURES.shape and made.min() >= -0.01 and made.max() <= 255.01
        assert level == 0 or not torch.equal(made, PICTURES)
        assert torch.equal(made, change(PICTURES, level)), "the same each time"


def test_each_change_is_what_its_name_says() -> None:
    assert torch.allclose(turned(PICTURES, 90), PICTURES.rot90(1, (1, 2)), atol=0.05)
    assert torch.equal(shifted(PICTURES, 3)[:, :, 3:], PICTURES[:, :, :-3]) and not shifted(PICTURES, 3)[:, :, :3].any()
    assert (noisy(torch.full((1, 28, 28), 127.0), 0.1) - 127).std() == pytest.approx(25.5, rel=0.1)
    assert blurred(PICTURES, 1.0).sum() == pytest.approx(float(PICTURES.sum()), rel=0.01)
    assert (thickened(PICTURES, 1) >= PICTURES).all() and (thickened(PICTURES, -1) <= PICTURES).all()
    hidden = covered(torch.full((9, 28, 28), 255.0), 8)
    assert (hidden == 0).sum((1, 2)).tolist() == [64] * 9


def test_the_shares_are_those_that_the_network_reads() -> None:
    model, labels = bundled().model, load_mnist().test_labels[:200]
    told = robustness(model, 200)
    assert told["count"] == 200 and [one["name"] for one in told["changes"]] == list(CHANGES)
    for one in told["changes"]:
        changed = CHANGES[one["name"]].change(load_mnist().test_images[:200].float(), one["levels"][-1])
        with torch.no_grad():
            read = model(normalise(changed)).argmax(1)
        assert one["accuracy"][-1] == pytest.approx(float((read == labels).float().mean()), abs=1e-3)
    upside = told["changes"][0]["accuracy"]
    assert upside[0] > 0.98 and upside[-1] < 0.5
