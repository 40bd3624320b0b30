"""What an exported program says of its pictures: their shape, how they are normalised, their classes, and where they
come from. Imports no torch.

The programs have these words in capitals where it stands: SIDES_, IMAGES_, MEAN_, STD_, EMPTY_, CLASSES_, TESTED_.
"""

from engine.catalogue.names import literal
from engine.data.sets import SETS
from engine.network.spec import NetworkSpec

NPZ = "pictures.npz"


def has_files(network: NetworkSpec) -> bool:
    """Whether its data set comes as IDX files that anyone can fetch, not as arrays that its owner saves."""
    return network.reads.data in SETS


def on_pictures(text: str, network: NetworkSpec, last: bool = False) -> str:
    """A program about the pictures of this network; `last` says whether their channels come last."""
    reads, shape = network.reads, network.input_shape
    sides = (*shape[1:], shape[0]) if last else shape
    empty = (
        f"({reads.empty} / 255 - {reads.mean!r}) / {reads.std!r}" if reads.empty else f"-{reads.mean!r} / {reads.std!r}"
    )
    told = {
        "SIDES_": ", ".join(map(str, sides)),
        "MEAN_": repr(reads.mean),
        "STD_": repr(reads.std),
        "EMPTY_": empty,
        "IMAGES_": "load(name)[..., np.newaxis]" if shape[0] == 1 else "load(name).transpose(0, 2, 3, 1)",
        "CLASSES_": str(len(reads.classes)),
        "TESTED_": f"[:{SETS[reads.data].test:_}]" if has_files(network) and not reads.is_digits else "",
    }
    for word, value in told.items():
        text = text.replace(word, value)
    return text


def source_of(network: NetworkSpec) -> str:
    """The lines that say where the pictures are, and what their classes are called where these are no digits."""
    names = "" if network.reads.is_digits else f"CLASSES = ({', '.join(map(literal, network.reads.classes))})\n"
    if not has_files(network):
        return f'FILE = Path(sys.argv[1] if len(sys.argv) > 1 else "{NPZ}")  # saved on the Data page\n{names}'
    row = SETS[network.reads.data]
    folder = f'FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else "{row.name}")'
    where = (
        "  # where MNIST's four .gz files are\n" if network.reads.is_digits else "  # where its four .gz files are\n"
    )
    return f'{folder}{where}SOURCE = "{row.source}"  # where they are fetched from when they are missing\n{names}'


def from_arrays(text: str, network: NetworkSpec) -> str:
    """A program that reads one file of arrays in the place of four IDX files, where the data set is somebody's own."""
    if has_files(network):
        return text
    start, end = text.index("def load(name):"), text.index("\n\n\ndef load_images")
    text = text[:start] + _LOAD.replace("ARRAY", _ARRAY["torch." in text]) + text[end:]
    for part, name in (("train", "train"), ("t10k", "test")):
        for sort, axes in (("images", 3), ("labels", 1)):
            text = text.replace(f'"{part}-{sort}-idx{axes}-ubyte.gz"', f'"{name}_{sort}"')
    return text


_ARRAY = {True: "torch.from_numpy(np.load(FILE)[name])", False: "np.load(FILE)[name]"}
_LOAD = '''def load(name):
    """One of the arrays in the file: pictures or labels, to train on or to test with."""
    return ARRAY'''
