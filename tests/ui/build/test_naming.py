"""What a folded block is called."""

import pytest

from engine.catalogue.params import Choice
from engine.network.spec import layer
from ui.build.naming import block_name, numbered

CONV = layer("Conv2d")


@pytest.mark.parametrize(
    ("block", "shape", "name"),
    [
        (layer("Residual", [CONV, layer("ReLU"), CONV]), (64, 7, 7), "2 convolutions, 64 channels"),
        (layer("Repeat", [layer("Repeat", [CONV], times=3)], times=2), None, "2 times, 3 convolutions"),
        (layer("Branches", [CONV], [layer("Dropout")]), (16, 7, 7), "2 branches, 1 convolution, 16 channels"),
        (layer("Residual", [layer("LayerNorm"), layer("SelfAttention")]), (49, 32), "1 attention, 32 numbers"),
        (layer("Residual", [layer("ReLU"), layer("Tanh")]), (10,), "2 layers, 10 numbers"),
        (layer("Repeat", [layer("Repeat", [layer("Repeat", [CONV], times=64)], times=64)]), None, None),
    ],
)
def test_a_block_is_called_by_what_it_holds(block: Choice, shape: tuple[int, ...] | None, name: str | None) -> None:
    assert block_name(block, shape) == (name or "2 times, 4096 convolutions")


def test_numbers_of_cards_lead_through_their_blocks() -> None:
    assert [numbered("", 2), numbered("3", 0), numbered("3.2", 4)] == ["3", "3.1", "3.2.5"]
