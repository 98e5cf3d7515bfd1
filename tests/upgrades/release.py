"""A release after the one in this tree: a copy of its packages with the changes that a release may bring."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

MODEL = "dummy-next"
TRENDS_MIGRATION = '''"""Where something was said, and which release indexed it."""

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
INSIGHTS_MIGRATION = '''"""Which release wrote a brief."""

import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"
additive = True


def upgrade() -> None:
    op.add_column("briefs", sa.Column("written_by", sa.Text()))
'''


def next_release(folder: Path) -> Path:
    """A release with another model, and with one more field in events, which ingest writes and trends keeps,
    and in the scope of briefs; the migrations of trends and insights are additive."""
    for package in [*ROOT.glob("libs/*/pulso_*"), *ROOT.glob("services/*/pulso_*")]:
        shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    _change_feedback(folder)
    _change_briefs(folder)
    _change(folder / "pulso_sentiment" / "model" / "dummy.py", '"dummy-1"', f'"{MODEL}"')
    return folder


def _change_feedback(folder: Path) -> None:
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
    _migrate(trends, TRENDS_MIGRATION)


def _change_briefs(folder: Path) -> None:
    contracts, insights = (folder / f"pulso_{name}" for name in ("contracts", "insights"))
    field = "    product_category: ShortText | None = None\n"
    _change(contracts / "insights.py", field, f"{field}    shelf: ShortText | None = None\n")
    column = "    body: dict[str, Any] = Field(sa_type=JSON)\n"
    _change(
        insights / "store" / "tables.py",
        column,
        f"{column}    written_by: str | None = Field(sa_type=Text)\n",
    )
    row = "body=body)"
    _change(insights / "store" / "briefs.py", row, 'body=body, written_by="next")')
    _migrate(insights, INSIGHTS_MIGRATION)


def _migrate(package: Path, migration: str) -> None:
    versions = package / "store" / "migrations" / "versions"
    head = max(path.stem for path in versions.glob("[0-9]*.py")).partition("_")[0]
    (versions / "next.py").write_text(migration.format(head=head))


def _change(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(before) == 1, f"{file.name} is no longer as this test knows it"
    file.write_text(text.replace(before, after), "utf-8")
