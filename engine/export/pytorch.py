"""A network and its training as a program in plain PyTorch. Imports no torch itself."""

from pathlib import Path

from engine.catalogue.layers import LAYERS
from engine.catalogue.optimizers import OPTIMIZERS
from engine.export.listing import (
    checked,
    constants,
    has_schedule,
    in_columns,
    lr_factor,
    named,
    reads,
    shape_comment,
    title,
    unknown_loss,
)
from engine.network.spec import NetworkSpec, Plan, PlannedLayer
from engine.training.config import TrainConfig

LABEL_LAYERS = Path(__file__).parent.parent / "network" / "label_layers.py"
POSITIONAL = ("in_channels", "out_channels", "in_features", "out_features", "num_features", "output_size")


def pytorch_code(network: NetworkSpec, config: TrainConfig | None = None) -> str:
    """A program that runs as it is and leaves `model`. Without `config`, and for a network of a GAN, it does not train.
    Raises SpecError."""
    planned, config = checked(network, config)
    text = title(planned, "PyTorch")
    if config is None:
        return text + _program_alone(planned)
    text += _imports(planned, config)
    text += named(planned.network) + constants(config) + f"\ntorch.manual_seed({config.seed})\n\n" + _model(planned)
    text += _loss(config, planned.ends_in_softmax) + _optimizer(config)
    if has_schedule(config):
        text += f"\n{lr_factor(config.schedule)}\n\n"
        text += "scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_factor)\n"
    return text + _FUNCTIONS + _training(config)


def _program_alone(planned: Plan) -> str:
    """The network and a glance at what it does while it has learned nothing."""
    told, glance = planned.takes_labels, GLANCES[planned.network.role]
    source = LABEL_LAYERS.read_text(encoding="utf-8") if told else ""
    layers = source[source.index("\nclass ") :].replace("  # type: ignore[override]", "") if told else ""
    text = "\nimport torch\n" + ("import torch.nn.functional as F\n" if told else "")
    text += "from torch import Tensor, nn\n" if told else "from torch import nn\n"
    text += "from torch.nn.utils.parametrizations import spectral_norm\n" if _normed(planned) else ""
    name = named(planned.network)
    text += f"\n{name}" if name else ""
    text += f"\n{layers}\n\n" if told else "\n"
    glance = glance.replace("INPUTS", str(planned.network.input_shape[0]))
    glance = glance.replace("LABEL", ", torch.tensor([7])" if told else "")
    return f"{text}torch.manual_seed(0)\n\n{_model(planned)}{glance}"


def _imports(planned: Plan, config: TrainConfig) -> str:
    modules = ["gzip", *(["math"] if has_schedule(config) else []), "sys", "urllib.request"]
    text = "\n" + "".join(f"import {module}\n" for module in modules) + "from pathlib import Path\n\nimport torch\n"
    by_hand = config.loss.kind == "MeanSquaredError" or (config.loss.kind == "CrossEntropy" and planned.ends_in_softmax)
    return text + ("import torch.nn.functional as F\n" if by_hand else "") + "from torch import nn\n\n"


def _model(planned: Plan) -> str:
    rows = [(f"{_layer(p)},", shape_comment(p.out_shape)) for p in planned.layers]
    network = planned.network
    kind = "LabelledSequential" if network.takes_labels else "nn.Sequential"
    text = f"model = {kind}(  # reads {reads(network)}\n{in_columns(rows, 4)})\n"
    normed = ", ".join(_normed(planned))
    return text + _START[network.init] + (_NORMED.format(layers=normed) if normed else "")


def _normed(planned: Plan) -> list[str]:
    """What is divided by its largest singular value, as source."""
    parts = {"LabelProjection": (".linear", ".embedding")}
    normed = [p for p in planned.layers if p.layer.get("spectral_norm")]
    return [f"model[{p.index}]{part}" for p in normed for part in parts.get(p.layer.kind, ("",))]


def _layer(p: PlannedLayer) -> str:
    args = dict(p.args)
    if args.get("padding") == 0:
        del args["padding"]
    if args.get("stride") == (args.get("kernel_size") if "Pool" in p.layer.kind else 1):
        args.pop("stride", None)
    shown = [repr(value) if name in POSITIONAL else f"{name}={value!r}" for name, value in args.items()]
    row = LAYERS[p.layer.kind]
    return f"{'' if row.takes_label else 'nn.'}{row.torch}({', '.join(shown)})"


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
    return f"optimizer = torch.optim.{row.torch}(model.parameters(), {settings})\n"


def _training(config: TrainConfig) -> str:
    lines = {
        "HELD_BACK\n": _STRATIFIED.format(share=config.validation_share) if config.stratified else _LAST,
        "            SCHEDULE\n": "            scheduler.step()\n" if has_schedule(config) else "",
        "        VALIDATE\n": _VALIDATED if config.validation_images else "",
    }
    text = _READ
    for place, line in lines.items():
        text = text.replace(place, line)
    return text


GLANCES = {
    "classifier": """
if __name__ == "__main__":
    print(model.eval())
    print(model(torch.randn(1, 1, 28, 28)))  # ten scores
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

_DRAWN = """
for layer in model.modules():  # {name}
    if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
        {weights}
        nn.init.zeros_(layer.bias)
"""

_START = {
    "default": "",
    "he": _DRAWN.format(name="He initialisation", weights='nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")'),
    "xavier": _DRAWN.format(name="Xavier initialisation", weights="nn.init.xavier_uniform_(layer.weight)"),
    "zeros": _DRAWN.format(name="all units start alike", weights="nn.init.zeros_(layer.weight)"),
}

_NORMED = """
for layer in ({layers},):  # weights divided by their largest singular value
    spectral_norm(layer)
"""

_LOSS_OF_PROBABILITIES = '''

def loss_function(outputs, labels):
    """Cross-entropy of probabilities: the softmax inside F.cross_entropy turns their logarithms back into them."""
    return F.cross_entropy(outputs.clamp_min(1e-30).log(), labels{more})


'''

_SQUARED_LOSS = '''

def loss_function(outputs, labels):
    """Mean squared distance to 1 for the right digit and 0 for the others."""
    return F.mse_loss(outputs, F.one_hot(labels, 10).float())


'''

_FUNCTIONS = '''

def load(name):
    """One of MNIST's files: a short header with its shape, then one byte for every pixel or label."""
    path = FOLDER / name
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        urllib.request.urlretrieve(SOURCE + name, path)
    content = bytearray(gzip.decompress(path.read_bytes()))
    axes = content[3]
    shape = [int.from_bytes(content[4 * axis : 4 * axis + 4], "big") for axis in range(1, axes + 1)]
    return torch.frombuffer(content, dtype=torch.uint8, offset=4 + 4 * axes).view(shape)


def load_images(name):
    """Pictures (N, 1, 28, 28) with mean 0 and standard deviation 1."""
    return (load(name).unsqueeze(1) / 255 - 0.1307) / 0.3081


def accuracy(images, labels):
    model.eval()
    with torch.inference_mode():
        digits = torch.cat([model(part).argmax(1) for part in images.split(1000)])
    return (digits == labels).float().mean().item()

'''

_LAST = """\
    held_back = torch.arange(IMAGES) >= IMAGES - VALIDATION_IMAGES
"""

_STRATIFIED = """\
    held_back = torch.zeros(IMAGES, dtype=torch.bool)
    for digit in range(10):  # the same share of every digit
        places = (labels == digit).nonzero().flatten()
        held_back[places[len(places) - round(len(places) * {share!r}) :]] = True
"""

_VALIDATED = """\
        print(f"    validation accuracy {accuracy(images[held_back], labels[held_back]):.2%}")
"""

_READ = """
if __name__ == "__main__":
    images = load_images("train-images-idx3-ubyte.gz")[:IMAGES]
    labels = load("train-labels-idx1-ubyte.gz")[:IMAGES].long()
HELD_BACK
    train = (~held_back).nonzero().flatten()

    for epoch in range(1, EPOCHS + 1):
        model.train()
        total = 0.0
        for batch in train[torch.randperm(len(train))].split(BATCH_SIZE):
            loss = loss_function(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            SCHEDULE
            total += loss.item() * len(batch)
        print(f"epoch {epoch}: loss {total / len(train):.4f}")
        VALIDATE

    test_images = load_images("t10k-images-idx3-ubyte.gz")
    test_labels = load("t10k-labels-idx1-ubyte.gz").long()
    print(f"test accuracy {accuracy(test_images, test_labels):.2%}")
"""
