"""A network as a Keras model: its layers' source, and what PyTorch has that Keras has not. Imports neither."""

import re
from typing import Any

from engine.catalogue.layers import LAYERS
from engine.catalogue.params import Shape
from engine.catalogue.windows import reach
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
    needed = "".join(source for name, source in _DEFINITIONS.items() if re.search(rf"\b{name}\(", text))
    return ("\n" + needed if needed else "") + text


def _layer(p: PlannedLayer, start: str) -> list[tuple[str, str]]:
    """The layer and what comes out of it, with one that pads, cuts or turns where Keras does not do so by itself."""
    values: dict[str, Any] = dict(p.layer.values)
    padding, same = values.get("padding", 0), _is_same_padding(p)
    row, out = LAYERS[p.layer.kind], _channels_last(p.out_shape)
    source = row.keras.format(**values | row.keras_values(p.in_shape, values) | _settings(p, start))
    if values.get("spectral_norm"):
        source = f"layers.SpectralNormalization({source})"
    match p.layer.kind:
        case "LabelProjection":
            normed = ", spectral_norm=True" if values["spectral_norm"] else ""
            return [(f"LabelProjection({p.in_shape[0]}{normed})", out)]
        case "Reshape":
            return [(source, shape_comment(p.out_shape)), ("layers.Permute((2, 3, 1))", out)]
        case "Conv2d" if _strides_apart(p):
            bordered = [] if same or not padding else [(f"layers.ZeroPadding2D({padding})", "")]
            return [*bordered, (source, ""), (f"layers.AveragePooling2D(1, strides={values['stride']})", out)]
        case "ConvTranspose2d":
            return [(source, _channels_last(_uncropped(p))), *_crop(p)]
        case kind if padding and not same:
            channels, height, width = p.in_shape
            padded = _channels_last((channels, height + 2 * padding, width + 2 * padding))
            pad = "pad_for_maximum" if kind == "MaxPool2d" else "layers.ZeroPadding2D"
            return [(f"{pad}({padding})", padded), (source, out)]
        case _:
            return [(source, out)]


def _settings(p: PlannedLayer, start: str) -> dict[str, str]:
    """What rows name in braces besides their own values, where it is not what Keras does by itself."""
    values: dict[str, Any] = dict(p.layer.values)
    default_stride = values.get("kernel_size") if "Pool" in p.layer.kind else 1
    stride = default_stride if _strides_apart(p) else values.get("stride")
    return {
        "strides": "" if stride == default_stride else f", strides={stride}",
        "same": ', padding="same"' if _is_same_padding(p) else "",
        "dilation": f", dilation_rate={values['dilation']}" if values.get("dilation", 1) > 1 else "",
        "shared": f", groups={values['groups']}" if values.get("groups", 1) > 1 else "",
        "start": start,
        "gamma": "",
    }


def _strides_apart(p: PlannedLayer) -> bool:
    """Whether a stride must follow the layer: Keras has no convolution with both a stride and a dilation."""
    return bool(p.layer.get("dilation", 1) > 1 and p.layer["stride"] > 1)


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
    kernel, stride, padding = reach(values), 1 if _strides_apart(p) else values["stride"], values["padding"]
    if p.layer.kind == "ConvTranspose2d":
        return bool(kernel - 2 * padding == stride)
    return all(_same_along(size, kernel, stride, padding) for size in p.in_shape[1:])


def _same_along(size: int, kernel: int, stride: int, padding: int) -> bool:
    """Whether "same" puts windows along one axis where `padding` puts them."""
    out = -(-size // stride)
    added = max((out - 1) * stride + kernel - size, 0)
    return out == (size + 2 * padding - kernel) // stride + 1 and added // 2 == padding


def _channels_last(shape: Shape) -> str:
    return shape_comment((*shape[1:], shape[0]) if len(shape) == 3 else shape)


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

_STEP = '''\
class Step(layers.Layer):
    """1 where x > 0, else 0; backwards as if it were x between -1 and 1."""

    def call(self, x):
        soft = ops.clip(x, -1, 1)
        return ops.cast(x > 0, x.dtype) + (soft - ops.stop_gradient(soft))


'''

_DEFINITIONS = {
    "Step": _STEP,
    "pytorch_init": _PYTORCH_START,
    "pad_for_maximum": _PAD_FOR_MAXIMUM,
    "LabelConcat": _LABEL_CONCAT,
    "LabelEmbedding": _LABEL_EMBEDDING,
    "LabelProjection": _LABEL_PROJECTION,
}
