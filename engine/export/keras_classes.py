"""What PyTorch has that Keras has not, as source for exported programs: a definition for each name. Imports neither."""

import re

_PYTORCH_START = '''\
def pytorch_init():
    """PyTorch's initialisation: uniform, within 1 / sqrt(inputs of a unit). Biases start at 0 here."""
    return keras.initializers.VarianceScaling(1 / 3, mode="fan_in", distribution="uniform")


'''

_PAD_FOR_MAXIMUM = '''\
def pad_for_maximum(rows, columns):
    """A border that is never the largest."""
    border = ((0, 0), (rows, rows), (columns, columns), (0, 0))
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

_LEARNED_POSITIONS = '''\
class LearnedPositions(layers.Layer):
    """Adds learned numbers to every step, which say where it is."""

    def build(self, shape):
        self.learned = self.add_weight(shape=shape[1:], initializer=keras.initializers.RandomNormal(stddev=0.02))

    def call(self, x):
        return x + self.learned


'''

_SINUSOIDAL_POSITIONS = '''\
class SinusoidalPositions(layers.Layer):
    """Adds sines and cosines of the place of every step."""

    def call(self, x):
        steps, size = x.shape[1:]
        number = ops.arange(size)
        angles = ops.arange(steps, dtype="float32")[:, None] / 10_000.0 ** (2 * (number // 2) / size)
        return x + ops.where(number % 2 == 0, ops.sin(angles), ops.cos(angles))


'''

_CLASS_TOKEN = '''\
class ClassToken(layers.Layer):
    """Puts one learned step before the others."""

    def build(self, shape):
        start = keras.initializers.RandomNormal(stddev=0.02)
        self.learned = self.add_weight(shape=(1, shape[-1]), initializer=start)

    def call(self, x):
        return ops.concatenate([self.learned + ops.zeros_like(x[:, :1]), x], axis=1)


'''

_DELAY = '''\
class Delay(layers.Layer):
    """The first `kept` steps, then others that say nothing: zeros, or noise that is the same for every picture."""

    def __init__(self, kept, steps, size, noise):
        super().__init__()
        self.kept, self.size = kept, size
        self.filler = [math.sqrt(2) * math.sin(n * n) if noise else 0.0 for n in range(1, steps * size + 1)]

    def call(self, x):
        filler = ops.reshape(ops.convert_to_tensor(self.filler, dtype=x.dtype), (1, -1, self.size))
        return ops.concatenate([x[:, : self.kept], filler + ops.zeros_like(x[:, :1])], axis=1)


'''

_PICK_STEP = '''\
def pick_step(index):
    """One step of a sequence."""
    return layers.Lambda(lambda x: x[:, index])


'''

DEFINITIONS = {
    "Step": _STEP,
    "pytorch_init": _PYTORCH_START,
    "pad_for_maximum": _PAD_FOR_MAXIMUM,
    "LearnedPositions": _LEARNED_POSITIONS,
    "SinusoidalPositions": _SINUSOIDAL_POSITIONS,
    "ClassToken": _CLASS_TOKEN,
    "Delay": _DELAY,
    "pick_step": _PICK_STEP,
    "LabelConcat": _LABEL_CONCAT,
    "LabelEmbedding": _LABEL_EMBEDDING,
    "LabelProjection": _LABEL_PROJECTION,
}


def definitions(model: str) -> str:
    """The source of all that the source `model` names and Keras lacks."""
    return "".join(source for name, source in DEFINITIONS.items() if re.search(rf"\b{name}\(", model))
