"""What the plane's page offers to try, and what it says about it."""

import pytest

from engine.gan.config import LIVE
from engine.plane.config import PLANE_CODEC, TARGETS, PlaneGan, check_plane
from ui.plane.tries import TRIES, look_for, offered


@pytest.mark.parametrize("name", TRIES)
def test_every_experiment_can_be_run_or_set_while_it_runs(name: str) -> None:
    plane = PLANE_CODEC.change(PlaneGan(), TRIES[name].changes)
    check_plane(plane)
    assert not TRIES[name].live or set(TRIES[name].changes) <= set(LIVE)


def test_each_experiment_has_a_sentence_of_its_own() -> None:
    sentences = {look_for(PLANE_CODEC.change(PlaneGan(), one.changes)) for one in offered(PlaneGan()).values()}
    assert len(sentences) == len(offered(PlaneGan()))
    assert "one place that D likes best" in str(look_for(PLANE_CODEC.change(PlaneGan(), TRIES["hasty"].changes)))
    assert "shrink" in str(look_for(PLANE_CODEC.change(PlaneGan(), TRIES["minimax"].changes)))


def test_the_sentence_follows_the_settings() -> None:
    assert "slope" in str(look_for(PLANE_CODEC.change(PlaneGan(), {"loss": "WassersteinGP"})))
    assert "ahead of G" in str(look_for(PLANE_CODEC.change(PlaneGan(), {"discriminator_steps": 8})))
    assert "Only D learns" in str(look_for(PLANE_CODEC.change(PlaneGan(), {"generator_steps": 0})))
    assert len({target.title for target in TARGETS.values()}) == len(TARGETS)


def test_d_is_frozen_or_let_learn_again_whichever_it_is_not() -> None:
    frozen = PLANE_CODEC.change(PlaneGan(), TRIES["frozen"].changes)
    assert "frozen" in offered(PlaneGan()) and "thawed" not in offered(PlaneGan())
    assert "thawed" in offered(frozen) and "frozen" not in offered(frozen)
    assert PLANE_CODEC.change(frozen, TRIES["thawed"].changes) == PlaneGan()
