"""The Data page in a real Chromium: a folder of pictures comes in, is seen by class, a network learns it, it goes
again."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.files import ASSETS
from tools.browser import wait_ready

PATIENCE = 120_000  # ms, for what a busy machine has to train


@pytest.mark.long
def test_a_folder_of_one_s_own_is_seen_by_class_learned_tried_and_deleted(
    new_page: Callable[..., Page], tmp_path: Path
) -> None:
    with zipfile.ZipFile(ASSETS / "balls" / "balls.zip") as archive:
        names = [name for name in archive.namelist() if int(name[-7:-4]) <= 20]
        archive.extractall(tmp_path, names)
    (tmp_path / "balls" / "football" / "no picture.txt").write_text("words")
    page = new_page()
    page.goto("/data")
    wait_ready(page)
    page.locator("input[webkitdirectory]").set_input_files(tmp_path / "balls")
    expect(page.locator(".data-wall figcaption b")).to_have_text(["basketball", "football", "tennis ball"])
    expect(page.get_by_text("1 file was left out")).to_be_visible()
    expect(page.locator(".data-wall img").first).to_have_js_property("complete", True)
    page.get_by_role("button", name="Train on these").click()
    page.wait_for_url("**/train*")
    wait_ready(page)
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".run-status [role=status]")).to_have_text("Finished", timeout=PATIENCE)
    expect(page.locator(".trying .tile")).to_have_count(8)
    page.locator(".trying input[type=file]").set_input_files(tmp_path / "balls" / "football" / "001.jpg")
    expect(page.locator(".trying .truth")).to_have_text("Your picture, as the network sees it")
    page.goto("/data")
    page.get_by_role("button", name="Delete these pictures").click()
    expect(page.get_by_role("button", name="Delete these pictures")).to_have_count(0)
