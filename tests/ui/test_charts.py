"""The figures: every network can be drawn, sizes are written, and what the colours say is also said in words."""

import itertools
import json
import re
from collections.abc import Collection

import plotly.graph_objects as go
import pytest

from engine.catalogue.layers import LAYERS
from engine.network.plans import Path
from engine.network.spec import DIGITS, MAX_LAYERS, NetworkSpec, layer, shape_text, survey
from engine.training.architectures import ARCHITECTURES
from engine.training.presets import PRESETS
from ui.build.painter import LABELS
from ui.build.picture import network_picture
from ui.build.start import thumbnail
from ui.charts import COLOURS, DIGIT_COLOURS, confusion_matrix, told_matrix
from ui.colours import GROUP_COLOURS, faint_ink, ink, layer_colour, mixed, paper

THEMES = [False, True]
CONVOLUTION = NetworkSpec((layer("Conv2d"), layer("ReLU"), layer("MaxPool2d")))


def test_a_matrix_is_told_in_a_sentence() -> None:
    assert told_matrix([[980, 20], [5, 995]]) == "How often each class was read as which: 1,975 of 2,000 rightly"


def as_json(figure: go.Figure) -> str:
    text = figure.to_json()
    assert "NaN" not in text and json.loads(text)
    return str(text)


def labels(figure: go.Figure) -> list[str]:
    return [re.sub("<[^>]+>", "", note.text) for note in figure.layout.annotations]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", THEMES)
@pytest.mark.parametrize("name", PRESETS)
def test_picture_of_every_preset_names_its_layers_and_writes_their_sizes(name: str, dark: bool) -> None:
    planned, _ = survey(PRESETS[name].network)
    figure = network_picture(PRESETS[name].network, planned, dark)
    shown = labels(figure)
    assert "Input  1 × 28 × 28" in shown
    for step in planned:
        volume = LAYERS[step.layer.kind].group in ("Core", "Convolution", "Pooling")
        expected = f"{step.layer.kind}  {shape_text(step.out_shape)}" if volume else step.layer.kind
        assert expected in shown
    as_json(figure)


def test_hover_tells_shape_parameters_and_multiply_adds_in_words() -> None:
    planned, _ = survey(PRESETS["cnn"].network)
    words = " ".join(network_picture(PRESETS["cnn"].network, planned, False).data[0].hovertext)
    assert "1 Conv2d</b> (Channels 32, Kernel 3, Stride 1, Padding 0)" in words
    assert "1 × 28 × 28 in, 32 × 26 × 26 out" in words
    assert "320 parameters" in words and "194,688 multiply-adds a picture" in words


def test_sizes_of_a_layer_with_a_long_name_stand_below_it_and_away_from_the_next() -> None:
    network = NetworkSpec((layer("Conv2d", channels=16, stride=2), layer("ConvTranspose2d"), layer("MaxPool2d")))
    notes = network_picture(network, survey(network)[0], False).layout.annotations
    assert ["<br>" in note.text for note in notes] == [False, False, True, False]
    assert min(below.y - above.y for above, below in itertools.pairwise(notes[1:])) >= 28


def test_volumes_are_drawn_to_scale() -> None:
    planned, _ = survey(CONVOLUTION)
    input_, convolution, pooled = (width_of_lid(network_picture(CONVOLUTION, planned, False), n) for n in (0, 1, 2))
    assert convolution / input_ == pytest.approx(26 / 28, rel=0.01)
    assert pooled / input_ == pytest.approx(13 / 28, rel=0.01)


def width_of_lid(figure: go.Figure, number: int) -> float:
    """Front edge of the numberth lid: a path of four corners, the third to the right of the second and above it."""
    lids = []
    for shape in figure.layout.shapes:
        corners = [tuple(map(float, pair.split(","))) for pair in re.findall(r"[\d.]+,[\d.]+", shape.path)]
        if len(corners) == 4 and corners[0][1] == corners[1][1] > corners[2][1] and corners[2][0] > corners[1][0]:
            lids.append(corners[1][0] - corners[0][0])
    return lids[number]


@pytest.mark.parametrize("dark", THEMES)
def test_picture_of_a_network_that_does_not_fit_ends_in_a_marked_place(dark: bool) -> None:
    planned, _ = survey(NetworkSpec((*CONVOLUTION.layers, layer("Linear"))))
    figure = network_picture(CONVOLUTION, planned, dark, "Linear does not fit")
    assert labels(figure)[-2:] == ["?", "Linear does not fit"]
    assert any(shape.line.dash == "dash" for shape in figure.layout.shapes)
    as_json(figure)


def test_picture_of_an_empty_network_is_the_input_alone() -> None:
    assert labels(network_picture(NetworkSpec(), (), False)) == ["Input  1 × 28 × 28"]


def test_hundred_layers_keep_their_labels_apart() -> None:
    layers = tuple(layer(kind) for kind in itertools.islice(itertools.cycle(["Conv2d", "ReLU", "Dropout"]), MAX_LAYERS))
    narrow = tuple(c.but(channels=4, kernel_size=1) if c.kind == "Conv2d" else c for c in layers)
    planned, _ = survey(NetworkSpec(narrow))
    figure = network_picture(CONVOLUTION, planned, False)
    heights = [note.y for note in figure.layout.annotations]
    assert len(heights) == MAX_LAYERS + 1
    assert min(b - a for a, b in itertools.pairwise(heights)) >= 18
    assert figure.layout.height >= heights[-1]


CONV = layer("Conv2d", channels=8, padding=1)
RESIDUAL = layer("Residual", [CONV, layer("BatchNorm2d"), layer("ReLU"), CONV])
BRANCHES = layer("Branches", [CONV], [layer("MaxPool2d", kernel_size=3, stride=1, padding=1), CONV], [])


def arcs(figure: go.Figure) -> list[str]:
    return [shape.path for shape in figure.layout.shapes if "Q" in shape.path]


def draw(network: NetworkSpec, closed: Collection[Path] = (), dark: bool = False) -> go.Figure:
    return network_picture(network, survey(network)[0], dark, "", closed)


@pytest.mark.parametrize("dark", THEMES)
def test_a_shortcut_is_an_arc_with_how_it_joins_also_past_a_folded_block(dark: bool) -> None:
    network = NetworkSpec((CONV, RESIDUAL, RESIDUAL))
    figure = draw(network, dark=dark)
    assert len(arcs(figure)) == labels(figure).count("+") == 2
    assert labels(figure).count("BatchNorm2d") == 2 and "Residual  8 × 28 × 28" not in labels(figure)
    folded = draw(network, [(1,)], dark)
    assert len(arcs(folded)) == 2 and labels(folded).count("Residual  8 × 28 × 28") == 1
    assert any(
        "2 Residual</b>" in hover and "2 convolutions, 8 channels" in hover for hover in folded.data[0].hovertext
    )
    as_json(figure)


def test_a_repeat_is_drawn_once_with_how_often_and_keeps_the_arc_of_what_is_folded_in_it() -> None:
    network = NetworkSpec((CONV, layer("Repeat", [RESIDUAL, layer("ReLU")], times=9)))
    for closed in ((), [(1,)], [(1, 0, 0)]):
        figure = draw(network, closed)
        assert "×9" in labels(figure) and len(arcs(figure)) == 1


def test_branches_stand_side_by_side_and_their_layers_are_named() -> None:
    figure = draw(NetworkSpec((CONV, BRANCHES)))
    shown = labels(figure)
    assert shown[2:] == ["1", "2", "3", "1 Conv2d", "2 MaxPool2d Conv2d", "3 passes on", "Branches  24 × 28 × 28"]
    heads = figure.layout.annotations[2:5]
    assert len({head.y for head in heads}) == 1 and heads[0].x < heads[1].x < heads[2].x
    folded = labels(draw(NetworkSpec((CONV, BRANCHES)), [(1,)]))
    assert folded[2:] == ["1", "2", "3", "Branches  24 × 28 × 28"]


@pytest.mark.parametrize("folded", [False, True])
def test_a_network_of_56_layers_with_shortcuts_keeps_its_labels_apart_and_its_lines_inside(folded: bool) -> None:
    network = NetworkSpec((CONV, *(layer("Residual", [CONV, CONV]),) * 27, layer("Flatten"), layer("Linear", units=10)))
    figure = draw(network, [(index,) for index in range(1, 28)] if folded else ())
    assert len(arcs(figure)) == 27
    beside = [note.y for note in figure.layout.annotations if note.x == LABELS]
    assert min(b - a for a, b in itertools.pairwise(beside)) >= 18
    assert min(float(x) for path in arcs(figure) for x in re.findall(r"([-\d.]+),", path)) >= 0
    assert figure.layout.height <= (900 if folded else 2000)


def test_blocks_in_one_another_are_drawn_at_every_depth() -> None:
    inner = layer("Branches", [layer("Residual", [CONV])], [CONV], join="add")
    network = NetworkSpec((CONV, layer("Residual", [layer("Repeat", [inner, CONV])])))
    figure = draw(network)
    assert "1 Residual" in labels(figure) and labels(figure).count("×2") == 1
    as_json(figure)


@pytest.mark.parametrize("dark", THEMES)
def test_confusion_matrix_counts_in_its_cells_and_speaks_in_words(dark: bool) -> None:
    confusion = [[90 + true if true == read else (true + read) % 3 for read in range(10)] for true in range(10)]
    figure = confusion_matrix(confusion, DIGITS.classes, dark)
    assert (figure.layout.yaxis.title.text, figure.layout.xaxis.title.text) == ("true digit", "read as")
    cells = {(note.y, note.x): note.text for note in figure.layout.annotations}
    assert cells[3, 3] == "<b>93</b>" and cells[4, 7] == "2" and cells[1, 2] == "·"
    right, mistakes = figure.data
    assert right.z[4][4] == 1 and right.z[4][7] is None
    assert mistakes.z[4][4] is None and mistakes.z[4][7] == pytest.approx(2 / sum(confusion[4]))
    assert mistakes.hovertext[4][7].endswith("were read as 7")
    as_json(figure)


def test_confusion_matrix_of_a_network_that_makes_no_mistake_or_has_seen_nothing() -> None:
    perfect = [[5 if true == read else 0 for read in range(10)] for true in range(10)]
    for confusion in (perfect, [[0] * 10 for _ in range(10)]):
        as_json(confusion_matrix(confusion, DIGITS.classes, False))


def test_confusion_matrix_names_its_classes_and_stays_readable_with_many() -> None:
    figure = confusion_matrix([[4, 1], [0, 5]], ["<b>ball", "a very long name of a class"], False)
    assert figure.layout.yaxis.title.text == "true class"
    assert list(figure.layout.xaxis.ticktext) == ["&lt;b&gt;ball", "a very long n…"]
    assert figure.data[1].hovertext[0][1].endswith("were read as a very long name of a class")
    many = [[1] * 100 for _ in range(100)]
    assert not confusion_matrix(many, [f"class {i}" for i in range(100)], False).layout.annotations


@pytest.mark.parametrize("dark", THEMES)
def test_colours_stand_out_from_their_ground(dark: bool) -> None:
    ground = paper(dark)
    for colour in (*DIGIT_COLOURS, *GROUP_COLOURS.values()):
        assert contrast(colour, ground) >= 3, colour
    assert contrast(ink(dark), ground) >= 7
    assert contrast(faint_ink(dark), ground) >= 4.5
    assert contrast(faint_ink(dark), mixed(ground, ink(dark), 0.06)) >= 4.5


def test_colours_have_one_meaning_each() -> None:
    assert len(set(DIGIT_COLOURS)) == 10
    results = {COLOURS[name] for name in ("train", "validation", "test", "wrong", "generator", "discriminator")}
    assert len(results) == 6
    assert all(layer_colour(kind) not in results for kind in LAYERS)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_picture_and_thumbnail_of_a_network_with_blocks_have_a_place_for_each_card(name: str) -> None:
    planned, _ = survey(ARCHITECTURES[name].network)
    figure = network_picture(ARCHITECTURES[name].network, planned, False)
    assert len(figure.layout.annotations) >= len(planned) + 1
    assert thumbnail(planned).startswith("data:image/svg+xml;base64,")
