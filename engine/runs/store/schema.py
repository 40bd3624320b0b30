"""The tables of the store: runs, what they reported in batches, the frames of their films, their marks, and works.

A column that came later may be empty: it is added to the tables of an older playground, and `runs.facts` is then filled
from the batches. Indexes that came later are added too, and those in `OUTDATED` dropped.
"""

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

TABLES = MetaData()
RUNS = Table(
    "runs",
    TABLES,
    Column("id", String(64), primary_key=True),
    Column("owner", String(128), nullable=False),
    Column("created", Float, nullable=False),
    Column("name", String(128), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("job", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("finished", Text),
    Column("parameters", Integer, nullable=False),
    Column("facts", Text),
    # The newest of an owner, and of all; the kind is there so that runs of other kinds are passed over in the index.
    Index("ix_runs_owner_created_kind", "owner", "created", "kind"),
    Index("ix_runs_created_kind", "created", "kind"),
)
OUTDATED = ("ix_runs_owner", "ix_runs_created")
BATCHES = Table(
    "batches",
    TABLES,
    Column("run_id", String(64), primary_key=True),
    Column("first_seq", Integer, primary_key=True),
    Column("last_seq", Integer, nullable=False),
    Column("message", Text, nullable=False),
)
FRAMES = Table(
    "frames",
    TABLES,
    Column("run_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("step", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("media_type", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
)
MARKS = Table(  # what owners call their runs, their tags, which they gave a star and which they took away
    "marks",
    TABLES,
    Column("run_id", String(64), primary_key=True),
    Column("owner", String(128), nullable=False),
    Column("name", String(64), nullable=False),
    Column("starred", Integer, nullable=False),
    Column("removed", Float),
    Column("tags", String(64)),
    Index("ix_marks_owner", "owner"),
)
WORKS = Table(  # what visitors build
    "works",
    TABLES,
    Column("owner", String(128), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("saved", Float, nullable=False),
    Column("content", Text, nullable=False),
)
