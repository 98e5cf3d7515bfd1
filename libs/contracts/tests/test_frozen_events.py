"""Events as released versions wrote them, kept for ever: both sides of an upgrade can read each other.

A release adds its folder to `frozen/`: events as it writes them, and the schemas by which it reads them.
Nothing in a folder is ever changed. A test that fails here asks for a new version of the event, written one
release after the first that reads it (docs/adr/0026-upgrades-without-a-gap.md).
"""

import json
from pathlib import Path
from typing import Any

import pytest
from pulso_contracts.events import FEEDBACK_RECEIVED, FEEDBACK_SCORED, FeedbackReceived, FeedbackScored

FROZEN = Path(__file__).parent / "frozen"
READERS = {FEEDBACK_RECEIVED: FeedbackReceived, FEEDBACK_SCORED: FeedbackScored}
FILES = sorted(FROZEN.glob("*/*.ndjson"))
SCHEMAS = sorted(FROZEN.glob("*/*.schema.json"))
WORDS = {"title", "description", "examples"}


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("file", FILES, ids=named)
def test_what_a_release_wrote_is_read_as_it_was_meant(file: Path) -> None:
    reader = READERS[file.name.removesuffix(".ndjson")]
    for line in file.read_text("utf-8").splitlines():
        told = reader.model_validate_json(line).model_dump(mode="json")
        written = json.loads(line)
        assert {name: told[name] for name in written} == written


@pytest.mark.parametrize("file", FILES, ids=named)
def test_what_a_later_release_adds_is_passed_over(file: Path) -> None:
    reader = READERS[file.name.removesuffix(".ndjson")]
    for line in file.read_text("utf-8").splitlines():
        more = json.loads(line) | {"shelf": "A", "weather": {"sky": ["clear", None]}}
        assert reader.model_validate_json(json.dumps(more)) == reader.model_validate_json(line)


@pytest.mark.parametrize("file", SCHEMAS, ids=named)
def test_what_is_written_today_is_what_that_release_reads(file: Path) -> None:
    reader = READERS[file.name.removesuffix(".schema.json")]
    frozen = json.loads(file.read_text("utf-8"))
    today = bare(reader.model_json_schema())
    assert without_news(today, frozen) == frozen
    assert set(today["required"]) == set(frozen["required"]), "a new field has a default"


def test_no_type_of_event_is_written_that_the_last_release_does_not_read() -> None:
    last = max(FROZEN.iterdir(), key=lambda folder: [int(part) for part in folder.name.split(".")])
    assert {file.name.removesuffix(".schema.json") for file in last.glob("*.schema.json")} >= set(READERS)


def bare(schema: Any) -> Any:
    """A schema without words for people."""
    if isinstance(schema, list):
        return [bare(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    named_by_us = ("properties", "$defs")
    return {
        key: {name: bare(each) for name, each in value.items()} if key in named_by_us else bare(value)
        for key, value in schema.items()
        if key not in WORDS
    }


def without_news(today: Any, frozen: Any) -> Any:
    """Today's schema without the properties and definitions that the frozen one does not have."""
    if not (isinstance(today, dict) and isinstance(frozen, dict)):
        return today
    kept = {
        name: {each: rule for each, rule in value.items() if each in frozen.get(name, {})}
        if name in {"properties", "$defs"}
        else value
        for name, value in today.items()
    }
    return {name: without_news(value, frozen.get(name)) for name, value in kept.items()}
