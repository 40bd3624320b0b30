"""A network and its training as a program in Keras 3. Imports neither Keras nor torch."""

import re

from engine.catalogue.optimizers import OPTIMIZERS
from engine.export import keras_regularisation as regularisation
from engine.export.keras_model import model_source
from engine.export.listing import (
    checked,
    constants,
    has_schedule,
    held_back,
    lr_factor,
    named,
    sharing,
    title,
    unknown_loss,
)
from engine.export.pictures import from_arrays, on_pictures
from engine.network.spec import NetworkSpec, Plan
from engine.training.config import TrainConfig


def keras_code(network: NetworkSpec, config: TrainConfig | None = None) -> str:
    """A program that runs as it is and leaves `model`. Without `config`, and for a network of a GAN, it does not train.
    Raises SpecError."""
    planned, config = checked(network, config)
    model, name = model_source(planned), named(planned.network)
    text = title(planned, "Keras 3") + _note(planned)
    if config is None:
        name += "\n" if name else ""
        return text + _imports(model) + f"\n{name}keras.utils.set_random_seed(0)\n\n" + model + _GLANCE
    learner = regularisation.learner(config)
    model += regularisation.weights(config) + learner
    rest = _loss(config, planned.ends_in_softmax) + _compile(config) + _FUNCTIONS + _training(config, planned.network)
    if learner:
        rest = re.sub(r"\bmodel\.(compile|fit|evaluate)\(", r"learner.\1(", rest)
    if has_schedule(config):
        rest = "\n" + lr_factor(config.schedule) + _SCHEDULE.replace("LR", repr(config.optimizer["lr"])) + rest
    rest = f"{constants(config, planned.network)}\nkeras.utils.set_random_seed({config.seed})\n\n{model}{rest}"
    rest = from_arrays(on_pictures(rest, planned.network, last=True), planned.network)
    return text + _imports(rest) + "\n" + name + rest


def _note(planned: Plan) -> str:
    channels, height, width = planned.network.input_shape if len(planned.network.input_shape) == 3 else (1, 28, 28)
    here = f"{channels} x {height} x {width} is {height} x {width} x {channels} here"
    text = f"# Keras keeps the channels last: what PyTorch calls {here}"
    if any(p.layer.kind == "Flatten" and len(p.in_shape) == 3 and p.in_shape[0] > 1 for p in planned.layers):
        text += ",\n# and Flatten lays out the same numbers in another order (H, W, C instead of C, H, W)"
    return f"{text}.\n\n"


def _imports(program: str) -> str:
    """The imports that `program` uses, sorted as isort sorts them."""
    lines = [f"import {m}\n" for m in ("gzip", "math", "sys", "urllib.request") if re.search(rf"\b{m}\.", program)]
    lines += ["from pathlib import Path\n"] if "Path(" in program else []
    lines += ["\n"] if lines else []
    lines += ["import keras\n"]
    lines += ["import numpy as np\n"] if "np." in program else []
    lines += ["from keras import layers, ops\n" if "ops." in program else "from keras import layers\n"]
    return "".join(lines)


def _loss(config: TrainConfig, probabilities: bool) -> str:
    match config.loss.kind:
        case "CrossEntropy":
            smoothing = config.loss["label_smoothing"]
            more = f", label_smoothing={smoothing!r}" if smoothing else ""
            return f"\nloss_function = keras.losses.CategoricalCrossentropy(from_logits={not probabilities}{more})\n"
        case "MeanSquaredError":
            return "\nloss_function = keras.losses.MeanSquaredError()\n"
        case "Hinge":
            return _HINGE.replace("MARGIN", repr(config.loss["margin"]))
        case kind:
            raise unknown_loss(kind)


def _compile(config: TrainConfig) -> str:
    values = dict(config.optimizer.values)
    shown = {name: repr(value) for name, value in values.items()}
    if has_schedule(config):
        shown["lr"] = "Schedule()"
    row = OPTIMIZERS[config.optimizer.kind]
    decay, remark = values["weight_decay"], ""
    source = row.keras.format(**shown)
    if decay:
        source = f"{source[:-1]}, weight_decay={decay!r})"
        remark = (
            "" if row.decoupled else "# Keras takes weight decay off the weights; PyTorch adds it to the gradient.\n"
        )
    source = source[:-1] + regularisation.optimizer_settings(config) + ")"
    if row.differs:
        remark += f"# {row.differs}\n"
    remark += regularisation.remarks(config)
    return f"{remark}optimizer = keras.optimizers.{source}\n{_COMPILE}"


def _training(config: TrainConfig, network: NetworkSpec) -> str:
    validated = ", validation_data=held_out" if config.validation_images else ""
    of_class = "labels[:, one].nonzero()[0]"
    used, choosing = sharing(config, network, "np", of_class)
    chosen = choosing + held_back(config, "np", of_class)
    text = _READ.replace("HELD_BACK\n", chosen + regularisation.wrong_labels(config)).replace("USED", used)
    text = text.replace("    EARLY\n", regularisation.early_stopping(config))
    return text.replace("VALIDATED", validated + regularisation.callbacks(config))


_GLANCE = """
if __name__ == "__main__":
    model.summary()
"""

_SCHEDULE = """

class Schedule(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self):
        self.rates = [LR * lr_factor(done) for done in range(STEPS)]

    def __call__(self, step):
        last = ops.minimum(ops.cast(step, "int32"), STEPS - 1)
        return ops.take(ops.convert_to_tensor(self.rates, "float32"), last)

    def get_config(self):
        return {}

"""

_HINGE = '''

def loss_function(targets, outputs):
    """The right class's output should lead every other by MARGIN."""
    right = ops.sum(targets * outputs, axis=-1, keepdims=True)
    return ops.mean((1 - targets) * ops.maximum(0.0, MARGIN - right + outputs), axis=-1)


'''

_COMPILE = """\
model.compile(optimizer=optimizer, loss=loss_function, metrics=["accuracy"])
"""

_FUNCTIONS = '''

def load(name):
    """One of the files: a short header with its shape, then one byte for every pixel or label."""
    path = FOLDER / name
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        urllib.request.urlretrieve(SOURCE + name, path)
    content = gzip.decompress(path.read_bytes())
    axes = content[3]
    shape = [int.from_bytes(content[4 * axis : 4 * axis + 4], "big") for axis in range(1, axes + 1)]
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def load_images(name):
    """Pictures (N, SIDES_) with mean 0 and standard deviation 1."""
    return (IMAGES_.astype("float32") / 255 - MEAN_) / STD_


def load_labels(name):
    """Targets (N, CLASSES_): 1 for the right class, 0 for the others."""
    return keras.utils.to_categorical(load(name), CLASSES_)

'''

_READ = """
if __name__ == "__main__":
    images = load_images("train-images-idx3-ubyte.gz")USED
    labels = load_labels("train-labels-idx1-ubyte.gz")USED
HELD_BACK
    fitted, held_out = ((images[part], labels[part]) for part in (~held_back, held_back))
    EARLY
    model.fit(*fitted, batch_size=BATCH_SIZE, epochs=EPOCHSVALIDATED)

    test_images = load_images("t10k-images-idx3-ubyte.gz")TESTED_
    test_labels = load_labels("t10k-labels-idx1-ubyte.gz")TESTED_
    loss, accuracy = model.evaluate(test_images, test_labels, batch_size=1000)
    print(f"test accuracy {accuracy:.2%}")
"""
