"""A network as a Keras model: its layers' source, and what PyTorch has that Keras has not. Imports neither."""

from typing import Any

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Shape
from engine.export.listing import in_columns, reads, shape_comment
from engine.network.spec import Plan, PlannedLayer

STARTS = {
    "default": ", kernel_initializer=pytorch_init()",
    "he": ', kernel_initializer="he_normal"',
    "xavier": "",  # what Keras does by itself
    "zeros": ', kernel_initializer="zeros"',
}


def model_source(planned: Plan) -> str:
    """Source that leaves `model`, after what it needs to be defined; it uses `keras`, `layers`, `ops` and `math`."""
    network = planned.network
    rows = [row for p in planned.layers for row in _layer(p, STARTS[network.init])]
    shape = (network.input_shape[0],) if network.role == "generator" else (28, 28, 1)
    if network.takes_labels:
        text = (
            f'inputs, digits = keras.Input({shape}), keras.Input((), dtype="int32")  # {reads(network)}, and 0 to 9\n'
        )
        steps = [(f"x = {line}({'x, digits' if 'Label' in line else 'x'})", out) for line, out in rows]
        first = (steps[0][0].replace("(x", "(inputs"), steps[0][1])
        text += in_columns([first, *steps[1:]], 0) + "model = keras.Model([inputs, digits], x)\n"
    else:
        rows = [(f"keras.Input({shape})", shape_comment(shape)), *rows]
        text = f"model = keras.Sequential(\n    [\n{in_columns([(f'{line},', out) for line, out in rows], 8)}    ]\n)\n"
    needed = "".join(source for name, source in _DEFINITIONS.items() if f"{name}(" in text)
    return ("\n" + needed if needed else "") + text


def _layer(p: PlannedLayer, start: str) -> list[tuple[str, str]]:
    """The layer and what comes out of it, with one that pads, cuts or turns where Keras does not do so by itself."""
    values: dict[str, Any] = dict(p.layer.values)
    padding, same = values.get("padding", 0), _is_same_padding(p)
    default_stride = values.get("kernel_size") if "Pool" in p.layer.kind else 1
    filled = {
        **values,
        "strides": "" if values.get("stride") == default_stride else f", strides={values.get('stride')}",
        "same": ', padding="same"' if same else "",
        "start": start,
    }
    source, out = LAYERS[p.layer.kind].keras.format(**filled), _channels_last(p.out_shape)
    if values.get("spectral_norm"):
        source = f"layers.SpectralNormalization({source})"
    match p.layer.kind:
        case "LabelProjection":
            normed = ", spectral_norm=True" if values["spectral_norm"] else ""
            return [(f"LabelProjection({p.in_shape[0]}{normed})", out)]
        case "Reshape":
            return [(source, shape_comment(p.out_shape)), ("layers.Permute((2, 3, 1))", out)]
        case "ConvTranspose2d":
            return [(source, _channels_last(_uncropped(p))), *_crop(p)]
        case kind if padding and not same:
            channels, height, width = p.in_shape
            padded = _channels_last((channels, height + 2 * padding, width + 2 * padding))
            pad = "pad_for_maximum" if kind == "MaxPool2d" else "layers.ZeroPadding2D"
            return [(f"{pad}({padding})", padded), (source, out)]
        case _:
            return [(source, out)]


def _uncropped(p: PlannedLayer) -> Shape:
    """What Keras' transposed convolution leaves: whole strides, and what of the kernel reaches over the last."""
    if _is_same_padding(p):
        return p.out_shape
    kernel, stride = p.layer["kernel_size"], p.layer["stride"]
    height, width = (size * stride + max(kernel - stride, 0) for size in p.in_shape[1:])
    return p.out_shape[0], height, width


def _crop(p: PlannedLayer) -> list[tuple[str, str]]:
    """The layer that cuts off PyTorch's padding, and what Keras adds after a kernel that is smaller than its stride."""
    if _is_same_padding(p):
        return []
    first = p.layer["padding"]
    last = first + max(p.layer["stride"] - p.layer["kernel_size"], 0)
    if not last:
        return []
    width = f"{first}" if first == last else f"(({first}, {last}), ({first}, {last}))"
    return [(f"layers.Cropping2D({width})", _channels_last(p.out_shape))]


def _is_same_padding(p: PlannedLayer) -> bool:
    """Whether Keras' "same" puts the window on the same pixels; its mean leaves the padding out, so never there."""
    values: dict[str, Any] = dict(p.layer.values)
    if p.layer.kind == "AvgPool2d" or not values.get("padding"):
        return False
    size, kernel, stride = p.in_shape[1], values["kernel_size"], values["stride"]
    if p.layer.kind == "ConvTranspose2d":
        return bool(kernel - 2 * values["padding"] == stride)
    out = -(-size // stride)
    added = max((out - 1) * stride + kernel - size, 0)
    return bool(out == p.out_shape[1] and added // 2 == values["padding"])


def _channels_last(shape: Shape) -> str:
    return shape_comment((*shape[1:], shape[0]))


_PYTORCH_START = '''\
def pytorch_init():
    """PyTorch's initialisation: uniform, within 1 / sqrt(inputs of a unit). Biases start at 0 here."""
    return keras.initializers.VarianceScaling(1 / 3, mode="fan_in", distribution="uniform")


'''

_PAD_FOR_MAXIMUM = '''\
def pad_for_maximum(width):
    """A border that is never the largest."""
    border = ((0, 0), (width, width), (width, width), (0, 0))
    return layers.Lambda(lambda x: ops.pad(x, border, constant_values=-math.inf))


'''

_LABEL_CONCAT = '''\
class LabelConcat(layers.Layer):
    """Joins the digit asked for: ten more numbers, or channels, 1 for that digit and 0 for the others."""

    def call(self, x, digits):
        told = ops.one_hot(digits, 10, dtype=x.dtype)
        if len(x.shape) == 4:
            told = told[:, None, None, :] * ops.ones_like(x[..., :1])
        return ops.concatenate([x, told], axis=-1)


'''

_LABEL_EMBEDDING = '''\
class LabelEmbedding(layers.Layer):
    """Joins `size` learned numbers, or channels, for the digit asked for."""

    def __init__(self, size):
        super().__init__()
        self.size = size

    def build(self, x_shape, digits_shape):
        shape = (10, *x_shape[1:-1], self.size)
        self.learned = self.add_weight(shape=shape, initializer=keras.initializers.RandomNormal(stddev=1))

    def call(self, x, digits):
        return ops.concatenate([x, ops.take(self.learned, digits, axis=0)], axis=-1)


'''

_LABEL_PROJECTION = '''\
class LabelProjection(layers.Layer):
    """One score for `features` numbers and the digit together."""

    def __init__(self, features, spectral_norm=False):
        super().__init__()
        start = keras.initializers.RandomNormal(stddev=0.02)
        self.score, self.vectors = layers.Dense(1), layers.Dense(features, use_bias=False, kernel_initializer=start)
        if spectral_norm:
            self.score = layers.SpectralNormalization(self.score)
            self.vectors = layers.SpectralNormalization(self.vectors)

    def build(self, x_shape, digits_shape):
        self.score.build(x_shape)
        self.vectors.build((*digits_shape, 10))

    def call(self, x, digits):
        vectors = self.vectors(ops.one_hot(digits, 10, dtype=x.dtype))
        return self.score(x) + ops.sum(vectors * x, axis=-1, keepdims=True)


'''

_DEFINITIONS = {
    "pytorch_init": _PYTORCH_START,
    "pad_for_maximum": _PAD_FOR_MAXIMUM,
    "LabelConcat": _LABEL_CONCAT,
    "LabelEmbedding": _LABEL_EMBEDDING,
    "LabelProjection": _LABEL_PROJECTION,
}
