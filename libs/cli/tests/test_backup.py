"""What a backup holds, and what is refused before anything is written."""

import gzip
import io
import json
import sqlite3
import tarfile
import zlib
from contextlib import closing

import pytest
from pulso_cli.__main__ import app
from pulso_cli.failures import CommandFailed, ExitCode
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.lock import exclusive
from pulso_cli.stack.services import DATABASES
from typer.testing import CliRunner


@pytest.fixture
def stopped(tmp_path):
    """The data of a stack that has been stopped."""
    layout = Layout.at(tmp_path / "stack")
    layout.prepare(["gateway", "ingest", "trends", "insights", "valkey", "ingest/imports/open/1", "logs"])
    layout.credentials.write_text('{"customer_key": "k"}')
    layout.sample_marker.write_text("{}")
    for service, name in DATABASES.items():
        with closing(sqlite3.connect(layout.home(service) / name)) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("CREATE TABLE it (is_of TEXT)")
            database.execute("INSERT INTO it VALUES (?)", (service,))
            database.commit()
    (layout.home("ingest") / "imports/open/1/upload").write_bytes(b"text\nzarzamora\n" * 9_999)
    (layout.home("ingest") / "imports/open/1/job.json").write_text("{}")
    (layout.home("ingest") / "imports/incoming").mkdir()
    (layout.home("ingest") / "imports/incoming/half").write_text("not accepted")
    (layout.home("valkey") / "appendonlydir").mkdir()
    (layout.home("valkey") / "appendonlydir/appendonly.aof.manifest").write_text("file x seq 1 type b\n")
    (layout.root / "logs/trends.log").write_text("a log")
    return layout


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def refusal(*arguments):
    outcome = run(*arguments)
    assert isinstance(outcome.exception, CommandFailed), outcome
    return outcome.exception


@pytest.fixture
def saved(stopped, tmp_path):
    file = tmp_path / "saved.tar.gz"
    outcome = run("backup", file, "--data-dir", stopped.root)
    assert outcome.exit_code == 0, outcome
    return file


def contents(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_all_that_a_stack_knows_comes_back_and_nothing_else(stopped, saved, tmp_path):
    new = tmp_path / "new"
    assert run("restore", saved, "--data-dir", new).exit_code == 0
    there = contents(new)
    before = contents(stopped.root)
    databases = {f"{service}/{name}" for service, name in DATABASES.items()}
    left_out = {"ingest/imports/incoming/half", "logs/trends.log", "stack.lock"}
    assert set(there) == set(before) - left_out
    assert {path for path in there if there[path] != before[path]} <= databases
    for service, name in DATABASES.items():
        with closing(sqlite3.connect(new / service / name)) as database:
            assert database.execute("SELECT is_of FROM it").fetchall() == [(service,)]
    assert {path.stat().st_mode & 0o077 for path in (saved, new, *new.rglob("*"))} == {0}


def test_neither_command_leaves_anything_beside_its_outcome(saved, tmp_path):
    run("restore", saved, "--data-dir", tmp_path / "new")
    assert {path.name for path in tmp_path.iterdir()} == {"stack", "saved.tar.gz", "new"}


def test_a_backup_is_never_written_over(stopped, saved):
    before = saved.read_bytes()
    assert refusal("backup", saved, "--data-dir", stopped.root).code is ExitCode.USAGE
    assert saved.read_bytes() == before


def test_what_is_no_stack_or_just_starts_is_not_saved(stopped, tmp_path):
    assert refusal("backup", tmp_path / "f", "--data-dir", tmp_path / "none").code is ExitCode.USAGE
    with exclusive(stopped.lock):
        assert refusal("backup", tmp_path / "f", "--data-dir", stopped.root).code is ExitCode.NOT_RUNNING
    assert not (tmp_path / "f").exists()


def test_a_damaged_database_is_told_when_it_is_saved_and_not_when_it_is_needed(stopped, tmp_path):
    file = stopped.home("trends") / DATABASES["trends"]
    file.write_bytes(file.read_bytes()[:4096] + b"\xff" * 4096)
    assert "trends" in refusal("backup", tmp_path / "f", "--data-dir", stopped.root).sentence
    assert {path.name for path in tmp_path.iterdir()} == {"stack"}


def test_nothing_is_restored_over_something(stopped, saved, tmp_path):
    before = contents(stopped.root)
    assert refusal("restore", saved, "--data-dir", stopped.root).code is ExitCode.USAGE
    assert contents(stopped.root) == before
    (tmp_path / "file").touch()
    assert refusal("restore", saved, "--data-dir", tmp_path / "file").code is ExitCode.USAGE
    (tmp_path / "empty").mkdir()
    assert run("restore", saved, "--data-dir", tmp_path / "empty").exit_code == 0


def members(saved):
    with tarfile.open(saved) as tar:
        return [(member, tar.extractfile(member).read()) for member in tar]


def packed(target, listed):
    with tarfile.open(target, "w:gz") as tar:
        for header, content in listed:
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))


def with_manifest(listed, **changes):
    header, text = listed[0]
    return [(header, json.dumps(json.loads(text) | changes).encode()), *listed[1:]]


def link(listed):
    header = tarfile.TarInfo(listed[1][0].name)
    header.type, header.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return [listed[0], (header, b""), *listed[2:]]


def outside(listed):
    name = "../outside"
    manifest = json.loads(listed[0][1])["files"]
    manifest[name] = manifest.pop(listed[1][0].name)
    listed[1][0].name = name
    return with_manifest(listed, files=manifest)


TAMPERED = {
    "a byte of a file": lambda all_: [*all_[:-1], (all_[-1][0], b"X" + all_[-1][1][1:])],
    "a file less": lambda all_: all_[:-1],
    "a file twice": lambda all_: [*all_, all_[-1]],
    "a file more": lambda all_: [*all_, (tarfile.TarInfo("more"), b"x")],
    "a link for a file": link,
    "a file outside": outside,
    "a format that is not known": lambda all_: with_manifest(all_, format=2),
    "no manifest": lambda all_: all_[1:],
    "nothing": lambda _: [],
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED)
def test_an_archive_that_is_not_as_it_was_written_is_refused(saved, tmp_path, change):
    packed(saved, change(members(saved)))
    failure = refusal("restore", saved, "--data-dir", tmp_path / "new")
    assert failure.code is ExitCode.REFUSED
    assert {path.name for path in tmp_path.iterdir()} == {"stack", "saved.tar.gz"}


def test_an_archive_that_is_cut_off_anywhere_is_refused(saved, tmp_path):
    whole = saved.read_bytes()
    for length in (0, 1, 10, len(whole) // 3, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        saved.write_bytes(whole[:length])
        assert refusal("restore", saved, "--data-dir", tmp_path / "new").code is ExitCode.REFUSED
    assert {path.name for path in tmp_path.iterdir()} == {"stack", "saved.tar.gz"}


def says_the_same(one: bytes, other: bytes) -> bool:
    try:
        return gzip.decompress(one) == gzip.decompress(other)
    except (gzip.BadGzipFile, zlib.error, EOFError):
        return False


def test_a_flipped_bit_anywhere_is_refused(saved, tmp_path):
    whole = saved.read_bytes()
    for place in range(12, len(whole), len(whole) // 40):
        flipped = whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :]
        if says_the_same(flipped, whole):  # a bit of padding
            continue
        saved.write_bytes(flipped)
        assert refusal("restore", saved, "--data-dir", tmp_path / "new").code is ExitCode.REFUSED
    assert not (tmp_path / "new").exists()


def test_what_is_no_archive_is_refused(tmp_path):
    for content in (b"hello", gzip.compress(b"hello"), b"\0" * 4096):
        (tmp_path / "f").write_bytes(content)
        assert refusal("restore", tmp_path / "f", "--data-dir", tmp_path / "n").code is ExitCode.REFUSED


def test_no_message_holds_a_customer_s_text(saved, tmp_path):
    packed(saved, TAMPERED["a byte of a file"](members(saved)))
    failure = refusal("restore", saved, "--data-dir", tmp_path / "new")
    assert "zarzamora" not in failure.sentence
