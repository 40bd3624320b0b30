"""Whether the playground carries a lesson: a whole class on two cores, fairness, kills, the quiet app, a lone run.

    python benchmarks/classroom.py [class] [fair] [kills] [same] [idle] [alone] [--kills 200]

Prints each figure with its goal, and exits with 1 when one is missed. Without a part's name it does all of them.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.class_lesson import lesson

PARTS: dict[str, Callable[[argparse.Namespace], list[bool]]] = {
    "class": lambda _: lesson(),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Whether the playground carries a lesson.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--kills", type=int, default=200, help="how many training processes are killed")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}: choose from {', '.join(PARTS)}")
    met = [goal for part in options.parts or PARTS for goal in PARTS[part](options)]
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
