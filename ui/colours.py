"""One colour for each meaning, the same on every page and in every chart."""

from engine.catalogue.layers import LAYERS

# The palette of Okabe and Ito, which colour-blind people tell apart. A label, dash or shape always says it too.
COLOURS = {
    "train": "#0072B2",
    "validation": "#E69F00",
    "test": "#009E73",
    "wrong": "#D55E00",
    "generator": "#CC79A7",
    "discriminator": "#56B4E9",
    "positive": "#0072B2",
    "negative": "#D55E00",
}

# Of digit 0 to 9: as far apart as ten colours can be, also for colour-blind eyes, with contrast 3 on paper and slate.
DIGIT_COLOURS = (
    *("#F85093", "#D42130", "#B78A16", "#2A752D", "#429176"),
    *("#5C9AC4", "#265ADF", "#8977EC", "#A631B1", "#89547D"),
)

# Of the layer groups: apart from the palette above, which is about results.
GROUP_COLOURS = {
    "Input": "#6B727B",
    "Convolution": "#6A5FD0",
    "Pooling": "#1E9C8A",
    "Flatten": "#7D93AD",
    "Core": "#B0529F",
    "Normalisation": "#4C93A8",
    "Regularisation": "#8C8F80",
    "Activation": "#B58A2A",
    "Sequence": "#4A7FD6",
    "Label": "#C25B6E",
    "Block": "#7A6A55",
}


def paper(dark: bool) -> str:
    return "#12161B" if dark else "#FFFFFF"


def ink(dark: bool) -> str:
    return "#E8EBEE" if dark else "#1B1F24"


def faint_ink(dark: bool) -> str:
    """For second lines and axes; still contrast 4.5."""
    return "#A9B1BA" if dark else "#59626C"


def rule(dark: bool) -> str:
    """For thin lines that carry no meaning."""
    return "#3A424B" if dark else "#D5DAE0"


def layer_group(kind: str) -> str:
    """The layer's name in GROUP_COLOURS."""
    return "Flatten" if kind == "Flatten" else LAYERS[kind].group


def layer_colour(kind: str) -> str:
    return GROUP_COLOURS[layer_group(kind)]


def mixed(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0 to 1) of `other` in it, both as #RRGGBB."""
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)
