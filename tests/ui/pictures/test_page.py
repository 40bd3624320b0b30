"""The Data page and the choice of a data set on the Train page, driven through Streamlit's own test runner."""

import pytest
from streamlit.testing.v1 import AppTest

from engine.data.importing import bring_in, prepare_again
from engine.data.own import delete_own, own_sets
from engine.data.preparing import Wanted
from engine.data.sets import FASHION, MNIST, follow
from engine.files import ASSETS
from engine.network.spec import NetworkSpec, layer, survey
from engine.training.architectures import ALL_PRESETS
from engine.training.presets import PRESETS
from tests.ui.conftest import visitor
from ui.pictures.view import take_along

BALLS = ASSETS / "balls" / "balls.zip"


@pytest.fixture
def app(home: AppTest) -> AppTest:
    """A visitor on the Data page."""
    return home.switch_page("../pages/data.py").run()


def words(app: AppTest) -> str:
    return " ".join(str(part.value) for part in (*app.markdown, *app.caption))


def test_a_bundled_set_is_shown_and_the_network_on_the_table_follows_it(app: AppTest) -> None:
    assert "**MNIST, handwritten digits**" in words(app)
    app.button(key="data-fashion-mnist").click().run()
    assert "**Fashion-MNIST, clothes**: 10 classes, 1 × 28 × 28 pixels, 8,000 pictures to train on" in words(app)
    app.button(key="data-train").click().run()
    table = visitor(app)
    assert table.network == follow(PRESETS["quick"].network, FASHION.reads, FASHION.shape)
    assert table.config.images == 8_000 and table.kept == ""


def test_the_train_page_changes_the_data_set_there_and_back(app: AppTest) -> None:
    app.switch_page("../pages/train.py").run()
    app.selectbox(key="train-data").select("fashion-mnist").run()
    assert visitor(app).network.reads == FASHION.reads
    assert app.selectbox(key="train-network").value == "quick"
    app.number_input(key="training.images.fashion-mnist").set_value(9_000).run()
    assert visitor(app).config.images == 8_000, "there are no more"
    app.selectbox(key="train-network").select("lenet5").run()
    assert visitor(app).network.reads == FASHION.reads and visitor(app).config.images == 8_000
    app.selectbox(key="train-data").select("mnist").run()
    lenet = PRESETS["lenet5"]
    assert visitor(app).network == lenet.network and visitor(app).config.images == MNIST.train


def test_own_pictures_are_trained_on_with_a_network_that_suits_them_and_go_with_one_button(app: AppTest) -> None:
    owner = visitor(app).visitor
    name = bring_in(BALLS, Wanted("My balls"), owner)
    app.run()
    app.button(key=f"data-{name}").click().run()
    assert "**My balls**: 3 classes, 3 × 64 × 64 pixels, 150 pictures to train on, 45 to test with" in words(app)
    app.button(key="data-train").click().run()
    network = visitor(app).network
    assert network.name == "Photo CNN" and survey(network)[0][-1].out_shape == (3,)
    assert visitor(app).config.validation_images == 35
    app.switch_page("../pages/build.py").run()
    assert "follow your data set, My balls: 3 × 64 × 64 go in, 3 scores come out" in words(app)
    app.button(key="preset-cnn").click().run()
    assert visitor(app).network.reads == network.reads
    app.switch_page("../pages/data.py").run()
    app.button(key="data-delete").click().run()
    assert own_sets(owner) == []
    app.switch_page("../pages/train.py").run()
    assert "were deleted, or are somebody's own. Choose another" in words(app)
    app.button(key="run-go").click().run()
    assert "not here any more" in " ".join(warning.value for warning in app.warning)


def test_a_network_that_learned_from_somebody_else_s_pictures_shows_nothing_of_them(app: AppTest) -> None:
    bring_in(BALLS, Wanted("Secret balls"), "somebody-else-here")
    row = own_sets("somebody-else-here")[0].row
    preset = ALL_PRESETS["photo"]
    visitor(app).load(follow(preset.network, row.reads, row.shape), preset.config)
    for page in ("train", "build", "data"):
        app.switch_page(f"../pages/{page}.py").run()
        shown = " ".join(str(part) for part in app)
        assert "batch-preview" not in shown and "Secret" not in shown and f"{row.name}/" not in shown
    app.switch_page("../pages/train.py").run()
    app.button(key="run-go").click().run()
    assert "somebody's own pictures, which nobody else may use" in " ".join(one.value for one in app.warning)


def test_a_network_follows_its_pictures_when_they_are_made_anew(app: AppTest) -> None:
    owner = visitor(app).visitor
    name = bring_in(BALLS, Wanted("My balls"), owner)
    row = own_sets(owner)[0].row
    preset = ALL_PRESETS["photo"]
    visitor(app).load(follow(preset.network, row.reads, row.shape), preset.config)
    again = prepare_again(name, Wanted("My balls", False, 32), owner)
    take_along(visitor(app), again)
    network = visitor(app).network
    assert (network.reads.data, network.input_shape) == (again, (1, 32, 32)) and survey(network)[1] is None


def test_a_network_whose_pictures_are_gone_can_still_be_built(app: AppTest) -> None:
    owner = visitor(app).visitor
    name = bring_in(BALLS, Wanted("My balls"), owner)
    row = own_sets(owner)[0].row
    visitor(app).load(follow(ALL_PRESETS["photo"].network, row.reads, row.shape), ALL_PRESETS["photo"].config)
    delete_own(owner, name)
    for page in ("build", "train", "runs", "inside", "draw", "home", "data"):
        app.switch_page(f"../pages/{page}.py").run()
        assert not app.exception, page


def test_an_empty_network_stays_on_its_data_set(app: AppTest) -> None:
    visitor(app).load(follow(PRESETS["cnn"].network, FASHION.reads, FASHION.shape), PRESETS["cnn"].config)
    app.switch_page("../pages/build.py").run()
    app.button(key="preset-empty").click().run()
    assert visitor(app).network == NetworkSpec(reads=FASHION.reads)
    visitor(app).edit(NetworkSpec((layer("Flatten"),), reads=FASHION.reads))
    app.run()
    assert any("one score for each class" in markdown.value for markdown in app.markdown)
