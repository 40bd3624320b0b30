"""A short form of the attack in benchmarks/attack.py: the server stays, and says nothing that it should not."""

from pathlib import Path

import pytest

from benchmarks.attack import Memory, attack
from tools.browser import local_server

REQUESTS, SEED = 240, 5  # of which there is at least one of every sort


@pytest.mark.long
def test_an_attack_leaves_no_trace_no_failure_and_no_lost_memory(tmp_path: Path) -> None:
    with local_server(tmp_path) as server:
        port = int(server.url.rpartition(":")[2])
        attack(port, REQUESTS, seed=SEED)  # the same once before: what is loaded once is no loss
        memory = Memory(server.process.pid)
        counts = attack(port, REQUESTS, seed=SEED)
        memory.end()
    assert len(counts) > 8 and counts["widgets: a page"], counts
    assert counts["picture: 200"] + counts["picture: 400"], "a picture is read or refused in words"
    assert not any(answer.split(": ")[1].startswith("5") for answer in counts), counts
    assert not counts["widgets: an error on a page"] and not counts["large_frame: took 4 MB"]
    assert memory.peak - memory.before < 150_000_000
    log = (tmp_path / "server.log").read_text(errors="replace")
    assert "Traceback" not in log, log[log.index("Traceback") - 500 :][:5000]
