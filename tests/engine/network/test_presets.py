import pytest

from engine.network.spec import plan, shape_text
from engine.training.presets import PRESETS

PARAMETERS = {"mlp": 101_770, "cnn": 121_930, "cnn3": 60_554, "lenet5": 61_706, "perceptron": 7_850, "quick": 13_162}


def shapes(name: str) -> list[str]:
    return [shape_text(p.out_shape) for p in plan(PRESETS[name].network).layers]


def kinds(name: str) -> list[str]:
    return [choice.kind for choice in PRESETS[name].network.layers]


@pytest.mark.parametrize("name", PRESETS)
def test_presets_have_the_parameters_of_the_textbook(name: str) -> None:
    assert plan(PRESETS[name].network).parameters == PARAMETERS[name]


@pytest.mark.parametrize("name", PRESETS)
def test_presets_introduce_themselves(name: str) -> None:
    preset = PRESETS[name]
    assert preset.network.name
    assert str(preset.doc).endswith(".")


def test_lenet5_has_the_shapes_of_1998() -> None:
    assert kinds("lenet5").count("Tanh") == 4
    inner = [text for text, kind in zip(shapes("lenet5"), kinds("lenet5"), strict=True) if kind != "Tanh"]
    assert inner == ["6 × 28 × 28", "6 × 14 × 14", "16 × 10 × 10", "16 × 5 × 5", "400", "120", "84", "10"]


def test_cnn3_shrinks_to_a_single_pixel() -> None:
    assert [text for text, kind in zip(shapes("cnn3"), kinds("cnn3"), strict=True) if kind == "MaxPool2d"] == [
        "32 × 13 × 13",
        "64 × 5 × 5",
        "64 × 1 × 1",
    ]
    assert "64" in shapes("cnn3")


def test_presets_train_as_they_are_described() -> None:
    facts = {
        name: (p.config.optimizer.kind, p.config.optimizer["lr"], p.config.batch_size, p.config.epochs)
        for name, p in PRESETS.items()
    }
    assert facts["mlp"] == ("Adam", 1e-3, 64, 10)
    assert facts["cnn"] == ("Adam", 1e-3, 128, 10)
    assert facts["quick"] == ("Adam", 1e-2, 128, 2)
    assert PRESETS["quick"].config.schedule.kind == "OneCycle"
