"""The layer catalogue: one row says everything about a layer. Imports no torch."""

from engine.catalogue.layers.activation import ACTIVATION
from engine.catalogue.layers.block import BLOCKS
from engine.catalogue.layers.convolution import CONVOLUTION
from engine.catalogue.layers.core import CORE, RESHAPE
from engine.catalogue.layers.label import LABEL
from engine.catalogue.layers.normalisation import NORMALISATION, REGULARISATION
from engine.catalogue.layers.pooling import POOLING
from engine.catalogue.layers.row import LayerRow as LayerRow
from engine.catalogue.layers.sequence import SEQUENCE
from engine.text import Text

INITS: dict[str, Text] = {
    "default": Text("PyTorch's own: uniform, within 1 / sqrt(inputs of a unit). A good start for most networks."),
    "he": Text("He (Kaiming) normal, variance 2 / inputs, biases 0. Made for ReLU."),
    "xavier": Text("Xavier (Glorot) uniform, variance 2 / (inputs + outputs), biases 0. Made for tanh and sigmoid."),
    "zeros": Text("Every weight and bias 0. All units stay alike, so a deep network cannot learn: try it to see why."),
}

GROUPS: dict[str, Text] = {
    "Core": Text("Core"),
    "Convolution": Text("Convolution"),
    "Pooling": Text("Pooling"),
    "Normalisation": Text("Normalisation"),
    "Regularisation": Text("Regularisation"),
    "Activation": Text("Activation"),
    "Sequence": Text("Sequence"),
    "Label": Text("Label"),
    "Block": Text("Blocks"),
}

LAYERS: dict[str, LayerRow] = {
    **CORE,
    **CONVOLUTION,
    **RESHAPE,
    **POOLING,
    **NORMALISATION,
    **REGULARISATION,
    **ACTIVATION,
    **SEQUENCE,
    **LABEL,
    **BLOCKS,
}
