"""The tables of the store: runs, what they reported in batches, the frames of their films, and works.

A column that came later may be empty: it is added to the tables of an older playground, and `runs.facts` is then filled
from the batches.
"""

from sqlalchemy import Column, Float, Integer, LargeBinary, MetaData, String, Table, Text

TABLES = MetaData()
RUNS = Table(
    "runs",
    TABLES,
    Column("id", String(64), primary_key=True),
    Column("owner", String(128), nullable=False, index=True),
    Column("created", Float, nullable=False, index=True),
    Column("name", String(128), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("job", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("finished", Text),
    Column("parameters", Integer, nullable=False),
    Column("facts", Text),
)
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
WORKS = Table(  # what visitors build
    "works",
    TABLES,
    Column("owner", String(128), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("saved", Float, nullable=False),
    Column("content", Text, nullable=False),
)
