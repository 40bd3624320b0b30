"""A label between two digits: its ends are the digits themselves, and there is no jump on the way."""

import pytest
import torch

from engine.gan.config import GanSpec
from engine.gan.play import Player, Wanted, of_seed, sample
from engine.gan.recipes import RECIPES
from engine.gan.sampling import make_gan

LABELLED = [name for name, recipe in RECIPES.items() if recipe.gan.is_conditional]
COUNT = 10


def player(gan: GanSpec) -> Player:
    models = make_gan(gan)
    return Player(gan, models.maker.eval(), models.discriminator, 0)


def raw(of: Player, wanted: Wanted) -> torch.Tensor:
    with torch.no_grad():
        made: torch.Tensor = of.generator(wanted.z, wanted.labels)
    return made


@pytest.mark.parametrize("recipe", LABELLED)
def test_a_share_of_0_or_1_is_the_whole_label_bit_for_bit(recipe: str) -> None:
    gan = RECIPES[recipe].gan
    of, z = player(gan), of_seed(gan, 3, COUNT)
    for share, digit in ((0.0, 3), (1.0, 8)):
        mixed, whole = z.labelled([(3, 8, share)] * COUNT), z.labelled([digit] * COUNT)
        assert torch.equal(raw(of, mixed), raw(of, whole))
        first, second = sample(of, mixed), sample(of, whole)
        assert (first["images"], first["verdicts"]) == (second["images"], second["verdicts"])


@pytest.mark.parametrize("recipe", LABELLED)
def test_a_small_change_of_the_share_changes_the_picture_little(recipe: str) -> None:
    gan = RECIPES[recipe].gan
    of, z = player(gan), of_seed(gan, 3, 1)
    way = torch.cat([raw(of, z.labelled([(3, 8, share / 100)])) for share in range(101)])
    steps = (way[1:] - way[:-1]).flatten(1).norm(dim=1)
    whole = (way[-1] - way[0]).norm()
    assert whole > 0
    assert steps.min() > 0
    assert steps.max() < 0.1 * whole


def test_whole_and_mixed_labels_stand_side_by_side() -> None:
    gan = RECIPES[LABELLED[0]].gan
    labels = of_seed(gan, 3, 2).labelled([7, (3, 8, 0.25)]).labels
    assert labels[0, 7] == 1
    assert (labels[1, 3], labels[1, 8]) == (0.75, 0.25)
    assert labels.sum() == 2
