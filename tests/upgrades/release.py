"""A release after the one in this tree: a copy of its packages with the changes that a release may bring."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

MODEL = "dummy-next"
MIGRATION = '''"""Where something was said, and which release indexed it."""

import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"
additive = True


def upgrade() -> None:
    op.add_column("feedback", sa.Column("shelf", sa.Text()))
    op.add_column("feedback", sa.Column("indexed_by", sa.Text()))
    op.create_table("shelf", sa.Column("name", sa.Text(), primary_key=True))
'''


def next_release(folder: Path, head: str) -> Path:
    """A release whose events have one more field, written by ingest and kept by trends after an additive
    migration of the revision `head`, and whose model is another one."""
    for package in [*ROOT.glob("libs/*/pulso_*"), *ROOT.glob("services/*/pulso_*")]:
        shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    contracts, ingest, trends = (folder / f"pulso_{name}" for name in ("contracts", "ingest", "trends"))
    field = "    flags: list[Flag] = []\n"
    _change(contracts / "events.py", field, f"{field}    shelf: str | None = None\n")
    flags = "        flags=flags,\n"
    _change(ingest / "domain" / "receiving.py", flags, f'{flags}        shelf="A",\n')
    column = "    model_version: str = Field(sa_type=Text)\n"
    more = "".join(f"    {name}: str | None = Field(sa_type=Text)\n" for name in ("shelf", "indexed_by"))
    _change(trends / "store" / "tables.py", column, column + more)
    value = '        "model_version": event.model_version,\n'
    _change(
        trends / "store" / "rows.py",
        value,
        f'{value}        "shelf": event.shelf,\n        "indexed_by": "next",\n',
    )
    migration = trends / "store" / "migrations" / "versions" / "next.py"
    migration.write_text(MIGRATION.format(head=head))
    _change(folder / "pulso_sentiment" / "model" / "dummy.py", '"dummy-1"', f'"{MODEL}"')
    return folder


def _change(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(before) == 1, f"{file.name} is no longer as this test knows it"
    file.write_text(text.replace(before, after), "utf-8")
