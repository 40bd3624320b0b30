"""The table of bad days names tests that are there."""

import ast
import re
from pathlib import Path

import pytest

RUNS = Path(__file__).parent / "engine" / "runs"
TABLE = Path(__file__).parents[1] / "docs" / "reliability.md"
ROWS = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][2:]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split(" | ")[0].strip("| "))
def test_each_bad_day_is_repeated_by_a_test(row: str) -> None:
    named = re.findall(r"`([\w./]+\.py)::(\w+)`", row)
    assert named
    for path, name in named:
        tree = ast.parse((RUNS / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
