"""Blocks: cards that hold lists of cards. `engine.network.blocks` plans them. Imports no torch."""

from engine.catalogue.layers.row import LayerRow
from engine.catalogue.params import flag, integer, one_of
from engine.text import Text

_JOINS = {
    "add": Text("add"),
    "concatenate": Text("concatenate"),
    "multiply": Text("multiply"),
}


BLOCKS: dict[str, LayerRow] = {
    "Repeat": LayerRow(
        torch="Sequential",
        keras="",
        group="Block",
        doc=Text("Does its layers several times in a row, each time with weights of their own: y = f3(f2(f1(x)))."),
        params={"times": integer(2, 1, 64, Text("Times"), Text("How often."))},
        source="https://arxiv.org/abs/1409.1556",
        bodies=(1, 1),
    ),
    "Residual": LayerRow(
        torch="Residual",
        keras="",
        group="Block",
        doc=Text(
            "Joins what goes in to what its layers make of it: y = x + f(x). So gradients reach the first layers of a "
            "deep network. Where shapes differ, a 1 × 1 convolution or a Linear layer stands on the shortcut (He 2015)."
        ),
        params={
            "join": one_of(
                "add",
                ("add", "concatenate"),
                Text("Join"),
                Text("Add them up, or put one beside the other as more channels (Huang 2017)."),
                titles=(_JOINS["add"], _JOINS["concatenate"]),
            ),
            "zero_last_norm": flag(
                True,
                Text("Last norm starts at 0"),
                Text("The block begins as a mere shortcut where a norm ends its layers (Goyal 2017)."),
                advanced=True,
            ),
        },
        source="https://arxiv.org/abs/1512.03385",
        bodies=(1, 1),
    ),
    "Branches": LayerRow(
        torch="Branches",
        keras="",
        group="Block",
        doc=Text(
            "Reads the same input in several lists of layers and joins what they make of it: y = [f(x), g(x), ...]. An "
            "empty branch passes on what goes in (Szegedy 2014)."
        ),
        params={
            "join": one_of(
                "concatenate",
                ("concatenate", "add", "multiply"),
                Text("Join"),
                Text(
                    "Put the results side by side as more channels, add them up, or let one scale the other (Hu 2018)."
                ),
                titles=(_JOINS["concatenate"], _JOINS["add"], _JOINS["multiply"]),
            )
        },
        source="https://arxiv.org/abs/1409.4842",
        bodies=(2, 6),
    ),
}
