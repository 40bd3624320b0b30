"""A network and its training as a program in plain PyTorch. Imports no torch itself."""

import functools
import re
from pathlib import Path

from engine.catalogue.optimizers import OPTIMIZERS, OptimizerRow
from engine.export import pytorch_regularisation as regularisation
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
from engine.export.pytorch_model import class_sources, model_source
from engine.network.spec import NetworkSpec, Plan
from engine.training.config import TrainConfig


def pytorch_code(network: NetworkSpec, config: TrainConfig | None = None) -> str:
    """A program that runs as it is and leaves `model`. Without `config`, and for a network of a GAN, it does not train.
    Raises SpecError."""
    planned, config = checked(network, config)
    text, model = title(planned, "PyTorch"), model_source(planned)
    if config is None:
        return text + _program_alone(planned, model)
    training = _training(config, planned.network)
    classes = class_sources(model + training)
    rest = f"\n{classes}\n\n" if classes else ""
    rest += f"torch.manual_seed({config.seed})\n\n{model}{_loss(config, planned.ends_in_softmax)}{_optimizer(config)}"
    if has_schedule(config):
        rest += f"\n{lr_factor(config.schedule)}\n\n"
        rest += "scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_factor)\n"
    functions = regularisation.judged(config, _FUNCTIONS) + regularisation.functions(config)
    rest = f"{constants(config, planned.network)}\n{rest}{functions}{training}"
    rest = from_arrays(on_pictures(rest, planned.network), planned.network)
    return f"{text}\n{_imports(rest)}\n{named(planned.network)}{rest}"


def _program_alone(planned: Plan, model: str) -> str:
    """The network and a glance at what it does while it has learned nothing."""
    glance = on_pictures(GLANCES[planned.network.role], planned.network)
    glance = glance.replace("INPUTS", str(planned.network.input_shape[0]))
    glance = glance.replace("LABEL", ", torch.tensor([7])" if planned.takes_labels else "")
    classes, name = class_sources(model), named(planned.network)
    text = "\n" + _imports(classes + model) + (f"\n{name}" if name else "")
    text += f"\n\n{classes}\n\n" if classes else "\n"
    return f"{text}torch.manual_seed(0)\n\n{model}{glance}"


def _imports(program: str) -> str:
    """The imports that `program` uses, sorted as isort sorts them."""
    standard = ("copy", "functools", "gzip", "math", "operator", "sys", "urllib.request")
    text = "".join(f"import {module}\n" for module in standard if re.search(rf"\b{module}\.", program))
    text += "from collections.abc import Sequence\n" if "Sequence[" in program else ""
    text += "from pathlib import Path\n" if "Path(" in program else ""
    arrays = "import numpy as np\n" if "np." in program else ""
    text += f"\n{arrays}import torch\n" if text else f"{arrays}import torch\n"
    text += "import torch.nn.functional as F\n" if re.search(r"\bF\.", program) else ""
    text += "from torch import Tensor, nn\n" if re.search(r"\bTensor\b", program) else "from torch import nn\n"
    return text + (_SPECTRAL if re.search(r"\bspectral_norm\(", program) else "")


@functools.cache
def _muon() -> str:
    """The source of our own class of that name."""
    file = Path(__file__).parents[1] / "training" / "muon.py"
    text = file.read_text(encoding="utf-8").partition("\nclass ")[2].strip()
    return "class " + text.replace("  # type: ignore[override]", "")


def _loss(config: TrainConfig, probabilities: bool) -> str:
    match config.loss.kind:
        case "CrossEntropy":
            smoothing = config.loss["label_smoothing"]
            setting = f"label_smoothing={smoothing!r}" if smoothing else ""
            if probabilities:
                return _LOSS_OF_PROBABILITIES.format(more=f", {setting}" if setting else "")
            return f"\nloss_function = nn.CrossEntropyLoss({setting})\n"
        case "MeanSquaredError":
            return _SQUARED_LOSS
        case "Hinge":
            return f"\nloss_function = nn.MultiMarginLoss(margin={config.loss['margin']!r})\n"
        case kind:
            raise unknown_loss(kind)


def _optimizer(config: TrainConfig) -> str:
    row = OPTIMIZERS[config.optimizer.kind]
    args = {name: value for name, value in row.args(dict(config.optimizer.values)).items() if value or name == "lr"}
    settings = ", ".join(f"{name}={value!r}" for name, value in args.items())
    return made_by(row, settings)


def made_by(row: OptimizerRow, settings: str) -> str:
    """The line that makes an optimizer, after its class where PyTorch has none for all weights."""
    if not row.is_muon:
        return f"optimizer = torch.optim.{row.torch}(model.parameters(), {settings})\n"
    return f"\n\n{_muon()}\n\noptimizer = {row.torch}(model.parameters(), {settings})\n"


def _training(config: TrainConfig, network: NetworkSpec) -> str:
    of_class = "(labels == one).nonzero().flatten()"
    used, choosing = sharing(config, network, "torch", of_class)
    lines = {
        "HELD_BACK\n": choosing + held_back(config, "torch", of_class),
        "USED": used,
        "            SCHEDULE\n": "            scheduler.step()\n" if has_schedule(config) else "",
        "        VALIDATE\n": _VALIDATED if config.validation_images else "",
        **regularisation.lines(config),
    }
    text = _READ
    for place, line in lines.items():
        text = text.replace(place, line)
    if config.accumulation > 1:
        text = _in_parts(text)
    plain = "            pictures = images[batch]\n            loss = loss_function(model(pictures), labels[batch])\n"
    return text.replace(plain, "            loss = loss_function(model(images[batch]), labels[batch])\n")


def _in_parts(text: str) -> str:
    """The training with several batches in each step, whose gradients are averaged."""
    head, rest = text.split(_EACH)
    body, after = rest.split("            optimizer.zero_grad()\n")
    backward, after = after.split("\n", 1)
    share = " * len(part) / len(batch)"
    body = body.replace("batch]", "part]").replace("labels[part])", f"labels[part]){share}")
    body = body.replace("labels[part][order])", f"labels[part][order]){share}")
    body += f"{backward.replace('penalty()', f'penalty(){share}')}\n            step_loss += loss.item()\n"
    inner = "".join(f"    {line}\n" for line in body.splitlines())
    after = after.replace("loss.item()", "step_loss")
    each = _EACH.replace("BATCH_SIZE", "BATCH_SIZE * ACCUMULATION")
    return f"{head}{each}{_PARTS}{inner}{after}"


_EACH = "        for batch in train[torch.randperm(len(train))].split(BATCH_SIZE):\n"
_PARTS = """\
            optimizer.zero_grad()
            step_loss = 0.0
            for part in batch.split(BATCH_SIZE):
"""
GLANCES = {
    "classifier": """
if __name__ == "__main__":
    print(model.eval())
    print(model(torch.randn(1, SIDES_)))  # a score for each of CLASSES_ classes
""",
    "generator": """
if __name__ == "__main__":
    print(model.eval())
    with torch.inference_mode():
        picture = model(torch.randn(1, INPUTS)LABEL)  # from -1, paper, to 1, ink
    for row in picture[0, 0]:
        print("".join(" .:*#"[int(2.5 * ink)] * 2 for ink in (row + 1).clamp(0, 1.99)))
""",
    "discriminator": """
if __name__ == "__main__":
    print(model.eval())
    print(model(torch.rand(1, 1, 28, 28) * 2 - 1LABEL))  # how real it takes a picture from -1 to 1 to be
""",
}

_SPECTRAL = "from torch.nn.utils.parametrizations import spectral_norm\n"

_LOSS_OF_PROBABILITIES = '''

def loss_function(outputs, labels):
    """Cross-entropy of probabilities: the softmax inside F.cross_entropy turns their logarithms back into them."""
    return F.cross_entropy(outputs.clamp_min(1e-30).log(), labels{more})


'''

_SQUARED_LOSS = '''

def loss_function(outputs, labels):
    """Mean squared distance to 1 for the right class and 0 for the others."""
    return F.mse_loss(outputs, F.one_hot(labels, CLASSES_).float())


'''

_FUNCTIONS = '''

def load(name):
    """One of the files: a short header with its shape, then one byte for every pixel or label."""
    path = FOLDER / name
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        urllib.request.urlretrieve(SOURCE + name, path)
    content = bytearray(gzip.decompress(path.read_bytes()))
    axes = content[3]
    shape = [int.from_bytes(content[4 * axis : 4 * axis + 4], "big") for axis in range(1, axes + 1)]
    return torch.frombuffer(content, dtype=torch.uint8, offset=4 + 4 * axes).view(shape)


def load_images(name):
    """Pictures (N, SIDES_) with mean 0 and standard deviation 1."""
    return (load(name).view(-1, SIDES_) / 255 - MEAN_) / STD_


def accuracy(images, labels):
    model.eval()
    with torch.inference_mode():
        classes = torch.cat([model(part).argmax(1) for part in images.split(1000)])
    return (classes == labels).float().mean().item()

'''

_VALIDATED = """\
        print(f"    validation accuracy {accuracy(images[held_back], labels[held_back]):.2%}")
"""

_READ = """
if __name__ == "__main__":
    images = load_images("train-images-idx3-ubyte.gz")USED
    labels = load("train-labels-idx1-ubyte.gz")USED.long()
HELD_BACK
    train = (~held_back).nonzero().flatten()
    WRONG
    BEST

    for epoch in range(1, EPOCHS + 1):
        model.train()
        total = 0.0
        for batch in train[torch.randperm(len(train))].split(BATCH_SIZE):
            pictures = images[batch]
            NOISE
            loss = loss_function(model(pictures), labels[batch])
            optimizer.zero_grad()
            BACKWARD
            CLIP
            optimizer.step()
            SHORTEN
            SCHEDULE
            AVERAGE
            total += loss.item() * len(batch)
        print(f"epoch {epoch}: loss {total / len(train):.4f}")
        VALIDATE
        EARLY
    END

    test_images = load_images("t10k-images-idx3-ubyte.gz")TESTED_
    test_labels = load("t10k-labels-idx1-ubyte.gz")TESTED_.long()
    print(f"test accuracy {accuracy(test_images, test_labels):.2%}")
"""
