"""The shelf: what visitors build is there at once, in the next life of the server too, and bounded for each of them."""

import sqlite3
from pathlib import Path

import pytest

from engine.runs.store.shelf import DRAFT, MOST_CHARACTERS, MOST_KEPT, MOST_UNSTORED, Shelf
from engine.runs.store.store import Store
from engine.runs.store.writer import StoreWriter
from tests.engine.runs.store.test_store import a_run, store, url

__all__ = ["store", "url"]


def nobody() -> None:
    """There is no keeper."""


def ids(shelf: Shelf, owner: str = "me") -> list[str]:
    return [kept.id for kept in shelf.all(owner, "classifier")]


def test_what_is_put_is_there_at_once_and_after_it_was_stored(store: Store) -> None:
    shelf = Shelf(store, nobody)
    shelf.put("me", DRAFT, DRAFT, "a draft")
    shelf.put("me", "one", "classifier", "a network")
    shelf.put("you", "two", "classifier", "another")
    for stored in (False, True):
        assert not stored or shelf.write()
        draft = shelf.get("me", DRAFT)
        assert draft and draft.content == "a draft"
        assert (ids(shelf), ids(shelf, "you"), ids(shelf, "nobody")) == (["one"], ["two"], [])
    again = Shelf(store, nobody)
    assert ids(again) == ["one"] and again.get("me", "two") is None


def test_the_newest_change_counts_and_comes_first(store: Store) -> None:
    shelf = Shelf(store, nobody)
    for work in ("one", "two", "one"):
        shelf.put("me", work, "classifier", f"{work} of {len(ids(shelf))}")
        assert shelf.write()
    assert [kept.content for kept in shelf.all("me", "classifier")] == ["one of 2", "two of 1"]


def test_what_is_removed_is_gone_before_and_after_it_was_stored_and_can_be_put_back(store: Store) -> None:
    shelf = Shelf(store, nobody)
    shelf.put("me", "one", "classifier", "a network")
    assert shelf.write()
    shelf.remove("me", "one")
    assert ids(shelf) == []
    assert shelf.write() and ids(shelf) == []
    shelf.put("me", "one", "classifier", "a network")
    assert ids(shelf) == ["one"]


def test_each_owner_keeps_so_many_and_the_draft_is_none_of_them(store: Store) -> None:
    shelf = Shelf(store, nobody)
    shelf.put("me", DRAFT, DRAFT, "a draft")
    shelf.put("you", "theirs", "classifier", "a network")
    for number in range(MOST_KEPT + 5):
        shelf.put("me", str(number), "classifier", "a network")
    newest = [str(number) for number in range(MOST_KEPT + 4, 4, -1)]
    assert ids(shelf) == newest
    assert shelf.write() and ids(Shelf(store, nobody)) == newest
    assert ids(shelf, "you") == ["theirs"] and shelf.get("me", DRAFT)
    assert shelf.get("me", "4") is None


def test_what_is_too_long_for_a_network_leaves_what_was_there(store: Store) -> None:
    shelf = Shelf(store, nobody)
    shelf.put("me", DRAFT, DRAFT, "a draft")
    shelf.put("me", DRAFT, DRAFT, "x" * (MOST_CHARACTERS + 1))
    kept = shelf.get("me", DRAFT)
    assert kept and kept.content == "a draft"


def test_a_store_in_trouble_takes_it_later_and_memory_is_bounded(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'later' / 'playground.sqlite'}")
    shelf = Shelf(store, nobody)
    for number in range(MOST_UNSTORED + 5):
        shelf.put(f"visitor {number}", DRAFT, DRAFT, "a draft")
    assert not shelf.write()
    assert shelf.get("visitor 4", DRAFT) is None and shelf.get("visitor 5", DRAFT)
    (tmp_path / "later").mkdir()
    assert shelf.write() and Shelf(store, nobody).get("visitor 5", DRAFT)
    store.close()


def test_the_writer_stores_it_by_itself_and_what_is_left_when_the_server_ends(store: Store) -> None:
    keeper = StoreWriter(store, {})
    keeper.shelf.put("me", DRAFT, DRAFT, "a draft")
    reader = Shelf(store, nobody)
    while reader.get("me", DRAFT) is None:
        pass
    keeper.shelf.put("me", DRAFT, DRAFT, "the last word")
    keeper.close()
    kept = reader.get("me", DRAFT)
    assert kept and kept.content == "the last word"


def test_what_changes_twice_before_it_is_stored_is_written_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, written = Shelf(store, nobody), 0
    transact = store.transact

    def counted(do: object) -> bool:
        nonlocal written
        written += 1
        return transact(do)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "transact", counted)
    shelf.put("me", DRAFT, DRAFT, "a")
    shelf.put("me", DRAFT, DRAFT, "b")
    assert shelf.write() and shelf.write() and written == 1


def test_a_database_of_an_older_playground_gets_the_table(tmp_path: Path) -> None:
    path = tmp_path / "playground.sqlite"
    store = Store(f"sqlite:///{path}")
    assert store.write([a_run()], [], [])
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE works")
    connection.close()
    shelf = Shelf(store, nobody)
    shelf.put("me", "one", "classifier", "a network")
    assert shelf.write() and ids(Shelf(store, nobody)) == ["one"]
    assert store.run("one") and store.new_files == 0
    store.close()
