"""A network and its training as a program in plain PyTorch. Imports no torch itself."""

from engine.config import TrainConfig
from engine.layers import LAYERS
from engine.listing import constants, has_schedule, in_columns, lr_factor, title
from engine.network import NetworkSpec, Plan, PlannedLayer, plan, shape_text
from engine.optimizers import OPTIMIZERS

POSITIONAL = ("in_channels", "out_channels", "in_features", "out_features", "num_features", "output_size")


def pytorch_code(network: NetworkSpec, config: TrainConfig | None = None) -> str:
    """A program that runs as it is and leaves `model`; without `config` it does not train. Raises SpecError."""
    planned = plan(network)
    text = title(network, planned, "PyTorch")
    if config is None:
        return text + "\nimport torch\nfrom torch import nn\n\ntorch.manual_seed(0)\n\n" + _model(planned) + _GLANCE
    text += _imports(planned, config)
    text += constants(config) + f"\ntorch.manual_seed({config.seed})\n\n" + _model(planned)
    text += _loss(config, planned.ends_in_softmax) + _optimizer(config)
    if has_schedule(config):
        text += f"\n{lr_factor(config.schedule)}\n\n"
        text += "scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_factor)\n"
    return text + _FUNCTIONS + _training(config)


def _imports(planned: Plan, config: TrainConfig) -> str:
    modules = ["gzip", *(["math"] if has_schedule(config) else []), "sys", "urllib.request"]
    text = "\n" + "".join(f"import {module}\n" for module in modules) + "from pathlib import Path\n\nimport torch\n"
    by_hand = config.loss.kind == "MeanSquaredError" or (config.loss.kind == "CrossEntropy" and planned.ends_in_softmax)
    return text + ("import torch.nn.functional as F\n" if by_hand else "") + "from torch import nn\n\n"


def _model(planned: Plan) -> str:
    rows = [(f"{_layer(p)},", shape_text(p.out_shape)) for p in planned.layers]
    text = f"model = nn.Sequential(  # reads {shape_text(planned.network.input_shape)}\n{in_columns(rows, 4)})\n"
    return text + _START[planned.network.init]


def _layer(p: PlannedLayer) -> str:
    args = dict(p.args)
    if args.get("padding") == 0:
        del args["padding"]
    if args.get("stride") == (1 if p.layer.kind == "Conv2d" else args.get("kernel_size")):
        args.pop("stride", None)
    shown = [repr(value) if name in POSITIONAL else f"{name}={value!r}" for name, value in args.items()]
    return f"nn.{LAYERS[p.layer.kind].torch}({', '.join(shown)})"


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
        case _:
            return f"\nloss_function = nn.MultiMarginLoss(margin={config.loss['margin']!r})\n"


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


_GLANCE = """
if __name__ == "__main__":
    print(model)
    print(model(torch.randn(1, 1, 28, 28)))
"""

_DRAWN = """
for layer in model:  # {name}
    if isinstance(layer, nn.Linear | nn.Conv2d):
        {weights}
        nn.init.zeros_(layer.bias)
"""

_START = {
    "default": "",
    "he": _DRAWN.format(name="He initialisation", weights='nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")'),
    "xavier": _DRAWN.format(name="Xavier initialisation", weights="nn.init.xavier_uniform_(layer.weight)"),
    "zeros": _DRAWN.format(name="all units start alike", weights="nn.init.zeros_(layer.weight)"),
}

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
