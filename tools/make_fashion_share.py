"""Make the bundled share of Fashion-MNIST from the four original files: the first 8,000 pictures to train on and the
first 2,000 to test with, in the same format. Debian has the originals, in the package dataset-fashion-mnist."""

import gzip
import hashlib
import sys
from pathlib import Path

from engine.data.sets import FASHION
from engine.files import ASSETS, write_whole

OF = {"train": 8_000, "t10k": 2_000}
HEADERS = {"images": 16, "labels": 8}


def share(content: bytes, header: int, count: int) -> bytes:
    """An IDX file with the first `count` entries alone."""
    whole = int.from_bytes(content[4:8], "big")
    each = (len(content) - header) // whole
    return content[:4] + count.to_bytes(4, "big") + content[8 : header + each * count]


def main() -> None:
    source = Path(sys.argv[1])
    for name in FASHION.files:
        part, sort = name.split("-")[:2]
        content = share(gzip.decompress((source / f"{name}.gz").read_bytes()), HEADERS[sort], OF[part])
        target = ASSETS / FASHION.name / f"{name}.gz"
        write_whole(target, gzip.compress(content, 9, mtime=0))
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        print(f"{target.name}: {target.stat().st_size:,} bytes, unpacked MD5 {md5}")


if __name__ == "__main__":
    main()
