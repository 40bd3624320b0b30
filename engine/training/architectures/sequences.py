"""Networks that read a digit step by step, and those that look at all steps at once. Imports no torch."""

from engine.catalogue.params import Choice
from engine.network.spec import NetworkSpec, layer
from engine.text import Text
from engine.training.architectures.parts import GELU, STEP_NORM, conv, linear, one_cycle, repeat, residual
from engine.training.presets import OUT, POOL, RELU, Measured, Preset

_ROWS, _TURN, _MEAN_STEP = layer("RowsAsSteps"), layer("Transpose"), layer("MeanOverSteps")
WIDTH = 64


def _mixed(steps: int, width: int) -> tuple[Choice, ...]:
    """A block of the Mixer: the steps mixed for every number alone, then the numbers of every step alone."""
    across = residual(STEP_NORM, _TURN, linear(2 * steps), GELU, linear(steps), _TURN)
    return across, residual(STEP_NORM, linear(2 * width), GELU, linear(width))


def _transformer(width: int) -> tuple[Choice, ...]:
    """A block that norms before it attends, and before it thinks: x + f(norm(x)), twice."""
    attended = residual(STEP_NORM, layer("SelfAttention", heads=4))
    return attended, residual(STEP_NORM, linear(2 * width), GELU, linear(width))


_VIT = (
    *(layer("PatchEmbedding", patch=7, size=WIDTH), layer("ClassToken"), layer("LearnedPositions")),
    *(repeat(3, *_transformer(WIDTH)), STEP_NORM, layer("PickStep"), OUT),
)
_MIXER = (layer("PatchEmbedding", patch=7, size=WIDTH), repeat(3, *_mixed(16, WIDTH)), STEP_NORM, _MEAN_STEP, OUT)
_CNN_LSTM = (conv(16), RELU, POOL, conv(32), RELU, POOL, _ROWS, layer("LSTM", units=64), OUT)

RECURRENT: dict[str, Preset] = {
    "row-lstm": Preset(
        NetworkSpec((_ROWS, layer("LSTM", units=128), OUT), name="Row-LSTM"),
        one_cycle(5, 5e-3),
        Text(
            "Reads the digit row by row, from top to bottom, and remembers in cells behind gates what it saw "
            "(Hochreiter and Schmidhuber 1997)."
        ),
        "recurrent",
        "https://doi.org/10.1162/neco.1997.9.8.1735",
        Measured(59, 0.9894),
    ),
    "bi-gru": Preset(
        NetworkSpec((_ROWS, layer("GRU", units=64, directions="both"), OUT), name="Bidirectional GRU"),
        one_cycle(5, 5e-3),
        Text("Reads the rows downwards and upwards at once, with gates but no cells (Cho 2014; Schuster 1997)."),
        "recurrent",
        "https://arxiv.org/abs/1406.1078",
    ),
    "cnn-lstm": Preset(
        NetworkSpec(_CNN_LSTM, name="CNN-LSTM"),
        one_cycle(4, 5e-3),
        Text("Two convolutions find strokes; an LSTM reads what they found, row by row (Donahue 2014)."),
        "recurrent",
        "https://arxiv.org/abs/1411.4389",
    ),
}

ATTENTION: dict[str, Preset] = {
    "vit": Preset(
        NetworkSpec(_VIT, name="Vision transformer"),
        one_cycle(6, 3e-3, weight_decay=0.01),
        Text(
            "Cuts the digit into 16 patches that look at each other in three blocks of attention (Dosovitskiy 2020). "
            "Knows nothing of pictures before it learns, so it needs more of them than convolutions do."
        ),
        "attention",
        "https://arxiv.org/abs/2010.11929",
        Measured(95, 0.9817),
    ),
    "mixer": Preset(
        NetworkSpec(_MIXER, name="MLP-Mixer"),
        one_cycle(6, 3e-3, weight_decay=0.01),
        Text(
            "No attention and no convolution: Linear layers mix the patches, then the numbers of each, in turn "
            "(Tolstikhin 2021)."
        ),
        "attention",
        "https://arxiv.org/abs/2105.01601",
    ),
}
