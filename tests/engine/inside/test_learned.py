"""How a network reads the test set, what its first layer learned, and what excites its units, against plain torch."""

import base64

import pytest
import torch

from engine.catalogue.params import SpecError
from engine.data.mnist import load_mnist, normalise
from engine.files import ASSETS
from engine.inside.learned import check_unit, excite, excited_to_json, layers_of, weights_of
from engine.inside.mistakes import (
    Readings,
    affordable,
    differences_to_json,
    mistakes_to_json,
    read_test_set,
    sureness_to_json,
)
from engine.inside.network import Network
from engine.network.spec import plan
from engine.training.saving import load_model
from tests.engine.inside.a_reading import preset

TEST = load_mnist()


def bundled() -> Network:
    saved = load_model(ASSETS / "models" / "demo.safetensors")
    return Network(plan(saved.network), saved.model)


def test_the_matrix_and_the_surest_mistakes_are_those_of_the_network() -> None:
    model = bundled().model
    readings = read_test_set(model, 3000)
    told = mistakes_to_json(readings)
    with torch.no_grad():
        shares = model(normalise(TEST.test_images[:3000])).softmax(1)
    wrong = (shares.argmax(1) != TEST.test_labels[:3000]).nonzero().flatten().tolist()
    items = told["pictures"]["items"]
    assert sum(map(sum, told["confusion"])) == 3000
    assert told["pictures"]["total"] == len(wrong) == 3000 - sum(told["confusion"][i][i] for i in range(10))
    assert len(items) == min(24, len(wrong)) and {item["number"] for item in items} <= set(wrong)
    assert (
        items[0]["share"] == max(item["share"] for item in items) == pytest.approx(float(shares[wrong].max()), abs=1e-4)
    )
    first = items[0]
    cell = mistakes_to_json(readings, first["true"], first["read"])["pictures"]
    assert cell["total"] == told["confusion"][first["true"]][first["read"]]
    assert cell["items"][0] == first
    assert base64.b64decode(cell["pixels"])[:784] == TEST.test_images[first["number"]].numpy().tobytes()
    right = mistakes_to_json(readings, 3, 3, first=10**6)["pictures"]
    assert right["first"] == right["total"] - 1 and len(right["items"]) == 1


def test_how_sure_it_is_is_counted_bin_by_bin() -> None:
    readings = read_test_set(bundled().model, 2000)
    told = sureness_to_json(readings)
    assert sum(told["counts"]) == told["count"] == 2000
    assert sum(told["right"]) == int((readings.read == readings.true).sum())
    surest = readings.share >= 0.99
    assert told["counts"][-1] == int(surest.sum())
    assert told["sums"][-1] == pytest.approx(float(readings.share[surest].sum()), rel=1e-4)
    assert all(right <= count for right, count in zip(told["right"], told["counts"], strict=True))


def test_a_slow_network_reads_fewer_pictures() -> None:
    assert affordable(bundled().plan, 4, 10_000) == 10_000
    assert affordable(preset("resnet56")[0], 0.1, 10_000) == 100


@pytest.mark.parametrize("name", ["cnn", "mlp", "vit", "bi-gru"])
def test_the_first_weights_are_shown_at_one_scale(name: str) -> None:
    network = Network(*preset(name))
    told = weights_of(network)
    assert told and told["high"] == -told["low"] > 0
    _, high, wide = told["size"]
    form = {"cnn": ("filter", 3, 3), "mlp": ("unit", 28, 28), "vit": ("filter", 7, 7), "bi-gru": ("gate", 64, 28)}[name]
    assert (told["form"], high, wide) == form
    later = weights_of(network, 10**6)
    assert later and later["first"] == later["total"] - 1 and later["high"] == told["high"]


@pytest.mark.parametrize(("name", "unit"), [("cnn", 5), ("se-resnet", 7), ("vit", 3), ("mlp", 11)])
def test_the_pictures_of_a_unit_are_those_that_excite_it_most(name: str, unit: int) -> None:
    planned, model = preset(name)
    network = Network(planned, model)
    layer = [row for row in layers_of(network) if row["units"] > unit and row["id"] != "input"][-3]["id"]
    check_unit(network, layer, unit)
    told = excited_to_json(excite(network, layer, 0, 300), unit)
    seen = []
    module = model.get_submodule(layer)
    handle = module.register_forward_hook(lambda _, __, output: seen.append(output))
    with torch.no_grad():
        model(normalise(TEST.test_images[:300]))
    handle.remove()
    values = seen[0][:, unit] if seen[0].dim() != 3 else seen[0][:, :, unit]
    best = values.flatten(1).amax(1) if values.dim() > 1 else values
    assert [item["value"] for item in told["items"]] == pytest.approx(best.topk(9).values.tolist(), abs=1e-4)
    assert told["items"][0]["true"] == int(TEST.test_labels[told["items"][0]["number"]])
    for wrong in ((layer, 10**6), ("nothing", 0)):
        with pytest.raises(SpecError):
            check_unit(network, *wrong)


def test_what_two_networks_read_differently_is_counted_by_who_is_right() -> None:
    true = load_mnist().test_labels[:6]
    wrong = (true + 1) % 10
    share = torch.tensor([0.9, 0.5, 0.8, 0.7, 0.6, 0.4])
    one = Readings(torch.stack([true[0], wrong[1], true[2], wrong[3], true[4], true[5]]), share)
    two = Readings(torch.stack([wrong[0], true[1], true[2], (true[3] + 2) % 10, true[4]]), share[:5])
    told = differences_to_json(one, two)
    assert [told[name] for name in ("count", "right", "other", "none")] == [5, 1, 1, 1]
    assert [item["number"] for item in told["pictures"]["items"]] == [0, 3, 1]
    assert told["pictures"]["items"][1] == {"number": 3, "true": true[3], "read": wrong[3], "other": (true[3] + 2) % 10}
    assert differences_to_json(one, two, 99)["pictures"]["first"] == 2
