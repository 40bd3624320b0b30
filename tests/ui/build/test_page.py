"""The Build page, driven through Streamlit's own test runner."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.catalogue.layers import LAYERS
from engine.export.formats import gan_to_link, recipe_from_json, recipe_to_json, recipe_to_link
from engine.gan.config import networks
from engine.gan.recipes import RECIPES
from engine.network.spec import MAX_DEPTH, MAX_LAYERS, NetworkSpec, layer, network_to_json, plan, survey
from engine.training.architectures import ALL_PRESETS, ARCHITECTURES
from engine.training.config import TrainConfig
from engine.training.presets import PRESETS
from tests.ui.conftest import visitor
from ui.build.card_ids import every_card
from ui.build.editing import insert
from ui.build.gallery import GROUPS, layer_icon
from ui.build.own_blocks import keep_block, own_blocks
from ui.build.own_networks import own_classifiers
from ui.build.sharing import open_file
from ui.build.start import thumbnail
from ui.build.summary import misfit_label, short, training_bytes
from ui.state import START_GAN

SHELL = Path(__file__).parent.parent.parent.parent / "ui" / "shell.py"
DAMAGED = "eNrFks1OwzAMgN"


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    return build_page()


def build_page(**query: str) -> AppTest:
    app = AppTest.from_file(SHELL, default_timeout=60).run()
    app.query_params.update(query)
    app.switch_page("../pages/build.py").run()
    assert not app.exception
    return app


@pytest.fixture
def gan_part(app: AppTest) -> Callable[[str], AppTest]:
    def show(part: str) -> AppTest:
        app.button_group(key="part").set_value(part).run()
        assert not app.exception
        return app

    return show


def network(app: AppTest) -> NetworkSpec:
    assert not app.exception
    return visitor(app).network


def shown(app: AppTest) -> NetworkSpec:
    assert not app.exception
    return visitor(app).shown


def of(app: AppTest, *path: int, name: str = "", sort: str = "layer") -> str:
    """The key of something on the card at `path`: the name of its button or field, or a `sort` of which it has one."""
    cards = dict(every_card(visitor(app).cards.cards(visitor(app).part, visitor(app).shown.layers)))
    return f"{sort}-{cards[path].id}" + (f"-{name}" if name else "")


def click(app: AppTest, key: str) -> AppTest:
    next(button for button in app.button if button.key == key or (button.key or "").startswith(f"{key}-here")).click()
    return app.run()


def load(app: AppTest, content: bytes) -> AppTest:
    open_file(visitor(app), content)
    return app.run()


def words(app: AppTest) -> str:
    return " ".join(m.value for m in (*app.markdown, *app.caption, *app.error))


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_loads_with_a_card_for_each_layer_and_its_settings(app: AppTest, name: str) -> None:
    click(app, f"preset-{name}")
    assert network(app) == PRESETS[name].network
    assert visitor(app).config == PRESETS[name].config
    for index, choice in enumerate(network(app).layers):
        assert app.selectbox(key=of(app, index, name="kind")).value == choice.kind
        for parameter, value in choice.values:
            form = LAYERS[choice.kind].params[parameter]
            if not form.goes_unsaid(value):
                field = {"choice": app.selectbox, "bool": app.toggle}.get(form.kind, app.number_input)
                assert field(key=of(app, index, name=f"{choice.kind}-{parameter}")).value == value
    assert str(PRESETS[name].doc) in words(app)


def test_every_known_network_opens_from_the_dialog_with_its_settings_and_may_be_trained(app: AppTest) -> None:
    for name, preset in ARCHITECTURES.items():
        click(app, "preset-more")
        click(app, f"pick-{name}")
        assert (network(app), visitor(app).config) == (preset.network, preset.config)
        assert not app.button(key="train").disabled
        assert str(preset.doc) in words(app) and f"[Read its paper]({preset.paper})" in words(app)
    assert not own_classifiers(visitor(app))


def test_dialog_of_networks_offers_each_once_and_says_what_it_costs_and_reaches(app: AppTest) -> None:
    click(app, "preset-more")
    keyed = [(button.key or "", button.label) for button in app.button]
    picks = {key.removeprefix("pick-"): label.replace("\\", "") for key, label in keyed if key.startswith("pick-")}
    assert picks.keys() == ALL_PRESETS.keys()
    assert ":gray[77,898 parameters, 4 epochs. About 59 s on one core: 99.29 % of the test" in picks["resnet8"]
    assert ":gray[857,418 parameters, 1 epoch.]" in picks["resnet56"]
    headings = [m.value for m in app.markdown if m.value.startswith("### ")]
    families = ("First networks", "Convolutional", "Deep", "Recurrent", "Attention", "For pictures of your own")
    assert headings == [f"### {family}" for family in families]


def test_typed_number_changes_the_layer_and_undo_and_redo_move_the_field_too(app: AppTest) -> None:
    click(app, "preset-cnn")
    app.number_input(key=of(app, 0, name="Conv2d-channels")).set_value(8).run()
    assert network(app).layers[0] == layer("Conv2d", channels=8)
    click(app, "undo")
    assert app.number_input(key=of(app, 0, name="Conv2d-channels")).value == 32
    click(app, "redo")
    assert app.number_input(key=of(app, 0, name="Conv2d-channels")).value == 8
    click(app, "preset-cnn")
    assert network(app) == PRESETS["cnn"].network


def test_another_kind_takes_the_place_of_a_layer(app: AppTest) -> None:
    click(app, "preset-mlp")
    app.selectbox(key=of(app, 2, name="kind")).set_value("Tanh").run()
    assert network(app).layers[2] == layer("Tanh")


def test_cards_move_duplicate_and_delete_their_layer(app: AppTest) -> None:
    click(app, "preset-mlp")
    kinds = [choice.kind for choice in network(app).layers]
    click(app, of(app, 1, name="arrow_downward"))
    assert [choice.kind for choice in network(app).layers] == [kinds[0], kinds[2], kinds[1], *kinds[3:]]
    click(app, of(app, 2, name="arrow_upward"))
    click(app, of(app, 0, name="content_copy"))
    assert [choice.kind for choice in network(app).layers] == [kinds[0], *kinds]
    click(app, of(app, 0, name="delete"))
    assert [choice.kind for choice in network(app).layers] == kinds


def test_misfit_is_said_in_words_and_mended_by_one_click_until_the_network_can_train(app: AppTest) -> None:
    click(app, "preset-empty")
    click(app, "first-Conv2d")
    assert "must end in 10 numbers" in words(app) and app.button(key="train").disabled
    click(app, "mend")
    click(app, "mend")
    assert [choice.kind for choice in network(app).layers] == ["Conv2d", "Flatten", "Linear"]
    assert not app.button(key="train").disabled
    click(app, of(app, 1, name="delete"))
    assert "Layer 2 (Linear): needs a flat vector but receives 32 × 26 × 26. Add Flatten before it." in words(app)
    click(app, "mend")
    assert plan(network(app))


def test_softmax_at_the_end_is_explained(app: AppTest) -> None:
    click(app, "preset-perceptron")
    assert "Softmax" not in words(app)
    open_network(app, NetworkSpec((*network(app).layers, layer("Softmax"))))
    assert "Softmax turns the scores into probabilities" in words(app)


def open_network(app: AppTest, opened: NetworkSpec) -> None:
    load(app, json.dumps(recipe_to_json(opened, TrainConfig())).encode())
    assert network(app) == opened


def test_name_and_initial_weights_belong_to_the_network(app: AppTest) -> None:
    app.text_input(key="network-name").set_value("My own").run()
    app.selectbox(key="network-init").set_value("he").run()
    assert (network(app).name, network(app).init) == ("My own", "he")
    click(app, "undo")
    click(app, "undo")
    assert app.text_input(key="network-name").value == PRESETS["quick"].network.name


def test_what_cannot_be_seen_is_taken_out_of_a_name_that_is_typed(app: AppTest) -> None:
    app.text_input(key="network-name").set_value("\u202eMy\u2028own\u200d").run()
    assert network(app).name == app.text_input(key="network-name").value == "My own"
    assert recipe_from_json(json.dumps(recipe_to_json(network(app), TrainConfig())))[0] == network(app)


def test_gallery_offers_every_layer_and_says_which_do_not_fit_there(app: AppTest) -> None:
    click(app, "preset-perceptron")
    click(app, of(app, 1, sort="add"))
    assert {button.key for button in app.button if (button.key or "").startswith("pick-")} == {
        f"pick-{kind}" for kind, row in LAYERS.items() if not (row.takes_label)
    }
    assert "Does not fit here: needs a picture" in app.button(key="pick-Conv2d").label.replace("\\", "")


def test_a_block_is_kept_by_name_added_again_removed_and_put_back(app: AppTest) -> None:
    body = (layer("Conv2d", channels=8, padding=1), layer("ReLU"))
    block = layer("Residual", [*body])
    open_network(app, NetworkSpec((block, layer("Flatten"), layer("Linear", units=10))))
    app.button(key=of(app, 0, name="bookmark_add")).click().run()
    app.button(key=of(app, 0, name="bookmark_add")).click().run()
    (kept,) = own_blocks(visitor(app))
    assert (kept.name, kept.block) == ("Residual, 1 convolution", block)
    click(app, of(app, 1, sort="add"))
    app.text_input(key=f"own-block-name-{kept.id}").set_value("My `block`").run()
    assert own_blocks(visitor(app))[0].name == "My `block`"
    click(app, "add-end")
    app.button(key=f"pick-own-{kept.id}").click().run()
    assert not app.exception and network(app).layers.count(block) == 2
    click(app, "add-end")
    app.button(key=f"own-block-remove-{kept.id}").click().run()
    assert own_blocks(visitor(app)) == []
    click(app, "add-end")
    app.button(key="own-block-put-back").click().run()
    assert [one.block for one in own_blocks(visitor(app))] == [block]


def test_a_kept_block_that_would_stand_too_deep_is_refused_in_words(app: AppTest) -> None:
    block = layer("Residual", [layer("ReLU")])
    for _ in range(MAX_DEPTH - 1):
        block = layer("Residual", [block])
    open_network(app, NetworkSpec((block, layer("Flatten"), layer("Linear", units=10))))
    keep_block(visitor(app), block)
    click(app, f"more-{dict(every_card(visitor(app).cards.cards('classifier', network(app).layers)))[(0,)].id}-0")
    (button,) = [one for one in app.button if (one.key or "").startswith("pick-own-")]
    assert button.disabled and "blocks" in button.help


def test_of_two_dialogs_that_are_asked_for_at_once_the_first_opens(app: AppTest) -> None:
    click(app, "preset-perceptron")
    for key in ("share", "code", of(app, 0, sort="add"), of(app, 1, sort="add")):
        app.button(key=key).click()
    app.run()
    assert not app.exception and [dialog.proto.dialog.title for dialog in app.get("dialog")] == ["Share what you built"]


def test_shared_link_brings_network_and_settings_and_undo_takes_them_back() -> None:
    shared = NetworkSpec((layer("Flatten"), layer("Linear", units=10)), "he", "shared")
    app = build_page(n=recipe_to_link(shared, TrainConfig(epochs=3)))
    assert (network(app), visitor(app).config.epochs) == (shared, 3)
    assert "n" not in app.query_params
    click(app, "undo")
    assert network(app) == PRESETS["quick"].network


def test_link_is_opened_once_and_not_again_on_the_way_back() -> None:
    link = recipe_to_link(PRESETS["mlp"].network, TrainConfig())
    app = build_page(n=link)
    click(app, "preset-cnn")
    app.query_params["n"] = link
    app.run()
    assert network(app) == PRESETS["cnn"].network


def test_damaged_link_is_one_sentence_and_changes_nothing() -> None:
    app = build_page(n=DAMAGED)
    assert [error.value for error in app.error] == [
        "The link is damaged. Copy the whole link again. The network here stays as it was."
    ]
    assert network(app) == PRESETS["quick"].network and not visitor(app).can_undo
    click(app, "preset-cnn")
    assert not app.error


def test_saved_file_opens_as_the_same_network(app: AppTest) -> None:
    saved = json.dumps(recipe_to_json(PRESETS["lenet5"].network, PRESETS["lenet5"].config)).encode()
    load(app, saved)
    assert recipe_from_json(saved.decode()) == (network(app), visitor(app).config)


BAD_FILES = {
    "a picture": b"\x89PNG\r\n\x1a\n\xff\xfe",
    "no JSON": b"layers: Conv2d",
    "another JSON": b'{"photos": []}',
    "an unknown layer": b'{"layers": [{"kind": "Transformer"}]}',
    "a negative width": b'{"layers": [{"kind": "Linear", "units": -3}]}',
    "ten thousand layers": json.dumps({"layers": [{"kind": "ReLU"}] * 10_000}).encode(),
    "depth without end": b"[" * 90_000,
    "NaN": b'{"layers": [{"kind": "Dropout", "p": NaN}]}',
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_file_that_is_no_network_is_one_sentence_and_changes_nothing(app: AppTest, name: str) -> None:
    load(app, BAD_FILES[name])
    assert len(app.error) == 1 and app.error[0].value.endswith("The network here stays as it was.")
    assert len(app.error[0].value) < 400
    assert network(app) == PRESETS["quick"].network and not visitor(app).can_undo


def test_what_was_opened_is_said_with_its_size_until_the_next_change(app: AppTest) -> None:
    open_network(app, replace(PRESETS["mlp"].network, name="Mine"))
    assert "**Opened: Mine**, 5 layers, 101,770 parameters." in words(app)
    click(app, of(app, 2, name="delete"))
    assert "Opened" not in words(app) and "Stack layers" in words(app)


def test_hundred_layers_can_be_shown_and_no_more_added(app: AppTest) -> None:
    open_network(app, NetworkSpec((layer("ReLU"),) * MAX_LAYERS))
    lines = [button for button in app.button if (button.key or "").startswith("line-")]
    assert [line.label for line in lines][:2] == ["**1 ReLU** ", "**2 ReLU** "] and len(lines) == MAX_LAYERS
    assert app.button(key="add-end").disabled
    click(app, of(app, 7, sort="line"))
    assert [s.key for s in app.selectbox if (s.key or "").endswith("-kind")] == [of(app, 7, name="kind")]
    assert app.button(key=of(app, 7, name="content_copy")).disabled
    assert app.button(key=of(app, 7, sort="add")).disabled and app.button(key=of(app, 8, sort="add")).disabled


def test_code_of_a_network_that_does_not_fit_says_what_to_mend(app: AppTest) -> None:
    click(app, "preset-empty")
    click(app, "code")
    assert "The network is empty." in words(app)


def test_code_is_shown_for_pytorch_and_keras(app: AppTest) -> None:
    click(app, "preset-lenet5")
    click(app, "code")
    assert ["import torch" in app.code[0].value, "import keras" in app.code[1].value] == [True, True]


def test_value_that_the_field_does_not_allow_does_not_get_into_the_network(app: AppTest) -> None:
    click(app, "preset-mlp")
    app.number_input(key=of(app, 1, name="Linear-units")).set_value(10**9).run()
    assert 1 <= network(app).layers[1]["units"] <= 4096 and plan(network(app))


@pytest.mark.parametrize("name", PRESETS)
def test_memory_counts_adam_and_the_batch(name: str) -> None:
    planned = plan(PRESETS[name].network)
    assert training_bytes(planned.layers, 32) == 4 * (4 * planned.parameters + 32 * planned.activations)


def test_large_counts_are_short() -> None:
    assert [short(n) for n in (0, 12_300, 999_999, 1_000_000, 1_999_999_999)] == [
        *("0", "12,300", "999,999", "1.0 M", "2,000.0 M")
    ]


def test_places_where_networks_stop_fitting_have_names() -> None:
    flat = NetworkSpec((layer("Linear"),))
    assert str(misfit_label(flat, survey(flat)[1])) == "Linear does not fit"
    assert str(misfit_label(NetworkSpec(), survey(NetworkSpec())[1])) == "your first layer"
    wide = NetworkSpec((layer("Flatten"),))
    assert str(misfit_label(wide, survey(wide)[1])) == "ten scores are missing"
    wide = NetworkSpec((layer("Flatten"),), role="discriminator")
    assert str(misfit_label(wide, survey(wide)[1])) == "one verdict is missing"


@pytest.mark.parametrize("part", ["generator", "discriminator"])
@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_of_a_gan_can_be_opened_with_a_card_for_each_layer(
    gan_part: Callable[[str], AppTest], part: str, name: str
) -> None:
    app = gan_part(part)
    click(app, f"preset-{name}")
    assert visitor(app).gan == RECIPES[name].gan
    assert shown(app).role == part
    assert [app.selectbox(key=of(app, i, name="kind")).value for i in range(len(shown(app).layers))] == [
        choice.kind for choice in shown(app).layers
    ]
    assert str(RECIPES[name].doc) in words(app)
    assert not app.button(key="train").disabled


def test_z_and_spectral_norm_belong_to_networks_of_a_gan(gan_part: Callable[[str], AppTest]) -> None:
    app = gan_part("generator")
    app.number_input(key="network-z").set_value(64).run()
    assert shown(app).input_shape == (64,)
    gan_part("discriminator")
    app.toggle(key=of(app, 0, name="Conv2d-spectral_norm")).set_value(True).run()
    assert shown(app).layers[0]["spectral_norm"] is True
    click(app, "undo")
    assert shown(app) == START_GAN.discriminator
    click(app, "undo")
    assert (visitor(app).part, visitor(app).gan) == ("generator", START_GAN)
    gan_part("classifier")
    assert network(app) == PRESETS["quick"].network and not app.toggle


def test_generator_that_ends_too_early_is_mended_by_one_click_after_the_other(
    gan_part: Callable[[str], AppTest],
) -> None:
    app = gan_part("generator")
    click(app, "preset-empty")
    click(app, "first-Linear")
    for _ in range(3):
        if any(button.key == "mend" for button in app.button):
            click(app, "mend")
    assert plan(shown(app)).layers[-1].out_shape == (1, 28, 28)
    assert "Tanh at the end" in words(app)


def test_networks_that_disagree_on_labels_are_told_so_and_the_other_is_one_click_away(
    gan_part: Callable[[str], AppTest],
) -> None:
    app = gan_part("generator")
    click(app, of(app, 0, name="delete"))
    assert "The discriminator is told which digit is meant, the generator is not." in words(app)
    assert app.button(key="train").disabled
    click(app, "show-other")
    assert shown(app).role == "discriminator"
    click(app, of(app, 6, name="delete"))
    click(app, "mend")
    assert "told which digit" not in words(app) and not app.button(key="train").disabled


def test_gallery_offers_what_tells_the_label_to_networks_of_a_gan_alone(gan_part: Callable[[str], AppTest]) -> None:
    app = gan_part("discriminator")
    click(app, of(app, 1, sort="add"))
    assert {f"pick-{kind}" for kind in LAYERS} <= {button.key for button in app.button}


def test_shared_gan_opens_its_generator() -> None:
    app = build_page(n=gan_to_link(RECIPES["wgan-gp"].gan))
    assert (visitor(app).gan, visitor(app).part) == (RECIPES["wgan-gp"].gan, "generator")
    assert app.button_group(key="part").value == "generator"


@pytest.mark.parametrize("part", ["generator", "discriminator"])
def test_saved_network_of_a_gan_opens_its_part(app: AppTest, part: str) -> None:
    opened = networks(RECIPES["hinge"].gan)[part]
    load(app, json.dumps(network_to_json(opened)).encode())
    assert (visitor(app).part, shown(app)) == (part, opened)
    assert network(app) == PRESETS["quick"].network


def test_code_is_that_of_the_part_that_is_shown(gan_part: Callable[[str], AppTest]) -> None:
    app = gan_part("discriminator")
    click(app, "code")
    assert ["LabelProjection(1568)," in app.code[0].value, "LabelProjection(1568)" in app.code[1].value] == [True, True]


def pictures() -> Iterator[str]:
    yield from (layer_icon(kind) for kind in LAYERS)
    yield from (thumbnail(plan(preset.network).layers) for preset in PRESETS.values())


def test_small_pictures_are_whole_and_differ() -> None:
    import base64
    from xml.etree import ElementTree

    for url in pictures():
        root = ElementTree.fromstring(base64.b64decode(url.removeprefix("data:image/svg+xml;base64,")))
        assert root.tag.endswith("svg") and len(root)
    alike = ("BatchNorm1d", "BatchNorm2d")
    assert len({layer_icon(kind) for kind in LAYERS if kind not in alike}) == len(LAYERS) - len(alike)
    assert list(GROUPS) == list(dict.fromkeys(row.group for row in LAYERS.values()))


def test_what_was_typed_into_the_network_before_does_not_get_into_the_preset(app: AppTest) -> None:
    click(app, "preset-mlp")
    seen = app.text_input(key="echo").value
    click(app, "preset-lenet5")
    assert app.text_input(key="echo").value != seen
    app.text_input(key="echo").set_value(seen)
    app.text_input(key="network-name").set_value("MLP")
    app.selectbox(key=of(app, 1, name="kind")).set_value("Linear")
    app.number_input(key=of(app, 0, name="Conv2d-channels")).set_value(50).run()
    assert network(app) == PRESETS["lenet5"].network
    assert app.selectbox(key=of(app, 1, name="kind")).value == "Tanh"
    assert app.number_input(key=of(app, 0, name="Conv2d-channels")).value == 6
    app.number_input(key=of(app, 0, name="Conv2d-channels")).set_value(50).run()
    assert network(app).layers[0]["channels"] == 50


def own_buttons(app: AppTest) -> dict[str, str]:
    """Key and name of what is the visitor's own in the row below the presets."""
    return {
        button.key: button.label.rsplit(") ", 1)[1]
        for button in app.button
        if (button.key or "").startswith("own-") and "![]" in button.label
    }


def test_what_is_replaced_stands_among_your_networks_and_opens_again(app: AppTest) -> None:
    assert not own_buttons(app)
    click(app, "preset-mlp")
    app.number_input(key=of(app, 1, name="Linear-units")).set_value(50).run()
    built = network(app)
    click(app, "preset-cnn")
    ((key, name),) = own_buttons(app).items()
    assert name == "MLP"
    click(app, key)
    assert network(app) == built
    assert list(own_buttons(app)) == [f"{key}-here"]


def test_start_empty_keeps_what_was_there(app: AppTest) -> None:
    app.text_input(key="network-name").set_value("Mine").run()
    click(app, "preset-empty")
    assert network(app) == NetworkSpec()
    assert list(own_buttons(app).values()) == ["Mine"]
    click(app, "undo")
    assert network(app).name == "Mine"


def test_a_name_is_shown_as_it_is_and_not_as_markdown(app: AppTest) -> None:
    app.text_input(key="network-name").set_value("![](https://nowhere.example/x.png)").run()
    assert list(own_buttons(app).values()) != []
    label = next(button.label for button in app.button if (button.key or "").endswith("-here") and "own" in button.key)
    assert r"!\[\](https\://nowhere.example/x.png)" in label


def test_own_networks_are_renamed_removed_and_put_back_in_their_dialog(app: AppTest) -> None:
    app.text_input(key="network-name").set_value("Mine").run()
    place = visitor(app).kept
    click(app, "own-all")
    app.text_input(key=f"own-name-{place}").set_value("Still mine").run()
    assert network(app).name == "Still mine"
    click(app, "own-all")
    app.button(key=f"own-remove-{place}").click().run()
    assert network(app).name == "Still mine" and not own_buttons(app)
    assert app.button(key="own-put-back").label == "Put back Still mine"
    click(app, "own-put-back")
    assert list(own_buttons(app).values()) == ["Still mine"]


def test_an_own_gan_stands_in_the_row_of_both_its_parts(gan_part: Callable[[str], AppTest]) -> None:
    app = gan_part("generator")
    app.number_input(key="network-z").set_value(64).run()
    click(app, "preset-hinge")
    assert len(own_buttons(app)) == 1
    gan_part("discriminator")
    assert len(own_buttons(app)) == 1
    gan_part("classifier")
    assert not own_buttons(app)


def test_a_misfit_inside_a_block_is_told_at_its_card_and_mended_by_one_click(app: AppTest) -> None:
    broken = layer("Residual", [layer("Conv2d", channels=4), layer("ReLU")])
    open_network(app, NetworkSpec((broken, layer("Flatten"), layer("Linear", units=10))))
    assert any("no 1 × 1 convolution can bring the shortcut there" in m.value for m in app.markdown)
    click(app, "mend")
    assert network(app).layers[0].bodies == ((layer("Conv2d", channels=4, padding=1), layer("ReLU")),)
    assert plan(network(app))


INNER = layer("Branches", [layer("Conv2d", channels=4, padding=1)], [layer("Conv2d", channels=4, kernel_size=1)])
BLOCKS = NetworkSpec((layer("Residual", [layer("ReLU"), INNER]), layer("Flatten"), layer("Linear", units=10)))


def test_fields_inside_a_block_change_it_and_keep_their_keys_when_cards_before_them_come_go_and_move(
    app: AppTest,
) -> None:
    open_network(app, BLOCKS)
    field = of(app, 0, 0, 1, 0, 0, name="Conv2d-channels")
    app.number_input(key=field).set_value(8).run()
    assert network(app).layers[0].bodies[0][1].bodies[0][0]["channels"] == 8
    for button in (
        *(of(app, 0, name="content_copy"), of(app, 0, 0, 0, name="delete"), "undo", "undo"),
        *(of(app, 0, name="arrow_downward"), of(app, 0, 0, 1, name="arrow_upward"), "undo"),
    ):
        click(app, button)
        assert app.number_input(key=field).value == 8
    other = of(app, 1, 0, 1, 1, 0, name="Conv2d-channels")
    app.number_input(key=other).set_value(5).run()
    assert (app.number_input(key=field).value, app.number_input(key=other).value) == (8, 5)
    click(app, "undo")
    assert (app.number_input(key=field).value, app.number_input(key=other).value) == (8, 4)


def test_a_mend_inside_a_block_stands_there_and_leaves_the_fields_of_the_others(app: AppTest) -> None:
    open_network(app, BLOCKS)
    other = of(app, 0, 0, 1, 1, 0, name="Conv2d-channels")
    app.number_input(key=of(app, 0, 0, 1, 0, 0, name="Conv2d-padding")).set_value(0).run()
    assert "its branches end in" in words(app)
    click(app, "mend")
    assert plan(network(app)) and app.number_input(key=other).value == 4
    assert app.number_input(key=of(app, 0, 0, 1, 0, 0, name="Conv2d-padding")).value == 1


def test_branches_are_added_filled_and_removed(app: AppTest) -> None:
    open_network(app, NetworkSpec((INNER, layer("Flatten"), layer("Linear", units=10))))
    click(app, of(app, 0, sort="branch"))
    assert "**Branch 1.3** passes on what goes in" in words(app)
    visitor(app).edit(insert(network(app), (0, 2, 0), layer("Dropout")))
    app.run()
    assert [[choice.kind for choice in body] for body in network(app).layers[0].bodies] == [
        ["Conv2d"],
        ["Conv2d"],
        ["Dropout"],
    ]
    click(app, of(app, 0, name="0", sort="cut"))
    assert [len(body) for body in network(app).layers[0].bodies] == [1, 1]
    assert not any((button.key or "").startswith("cut-") for button in app.button)


def test_the_gallery_inside_a_block_is_about_the_shape_that_arrives_there(app: AppTest) -> None:
    open_network(app, NetworkSpec((layer("Flatten"), layer("Residual", [layer("Linear", units=784)]))))
    click(app, of(app, 1, name="0", sort="more"))
    assert "needs a picture but receives a flat vector of 784 numbers" in app.button(key="pick-Conv2d").label
    assert "Does not fit" not in app.button(key="pick-Branches").label
    assert ":gray[Blocks]" in app.button(key="pick-Residual").label


def test_a_layer_that_becomes_a_block_goes_into_it(app: AppTest) -> None:
    click(app, "preset-cnn")
    app.selectbox(key=of(app, 0, name="kind")).set_value("Repeat").run()
    assert network(app).layers[0] == layer("Repeat", [PRESETS["cnn"].network.layers[0]])


def test_a_block_folds_to_a_line_that_names_it_and_a_large_one_is_folded_by_itself(app: AppTest) -> None:
    body = [layer("Conv2d", channels=8, padding=1), layer("BatchNorm2d"), layer("ReLU")]
    small, large = layer("Residual", body), layer("Residual", body * 3)
    open_network(app, NetworkSpec((small, large, layer("Flatten"), layer("Linear", units=10))))
    assert app.button(key=of(app, 1, sort="line")).label == "**2 Residual** 3 convolutions, 8 channels"
    folding = of(app, 0, name="unfold_less")
    click(app, folding)
    assert app.button(key=of(app, 0, sort="line")).label == "**1 Residual** 1 convolution, 8 channels"
    click(app, of(app, 0, name="content_copy"))
    click(app, of(app, 0, name="delete"))
    click(app, "undo")
    assert app.button(key=of(app, 0, sort="line")), "what undo brings back is folded as it was"
    click(app, of(app, 0, sort="line"))
    assert app.button(key=folding)


def test_a_folded_block_in_which_something_does_not_fit_is_open(app: AppTest) -> None:
    open_network(app, NetworkSpec((layer("Residual", [layer("ReLU")] * 8 + [layer("LSTM")]), layer("Flatten"))))
    assert app.button(key=of(app, 0, 0, 8, name="delete")) and "Layer 1 (Residual), layer 9 (LSTM)" in words(app)
