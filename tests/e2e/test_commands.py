"""The commands against a running stack: what they do, print and end with."""

import asyncio
import csv
import json

import pytest
from pulso_streams import Message, Publisher, Stream, connect

pytestmark = pytest.mark.timeout(300)  # starting whole stacks, maybe beside other tests


@pytest.fixture
def table(tmp_path):
    """Writes a CSV and returns its path."""

    def write(*rows: list[str]) -> str:
        path = tmp_path / "given.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        return str(path)

    return write


def test_import_with_wait_returns_when_the_rows_are_in_trends(stack, table):
    file = table(["opinión del cliente", "rating"], *[[f"Muy rico {n}", "5"] for n in range(40)])
    options = (
        "--map",
        "opinión del cliente=text",
        "--channel",
        "survey",
        "--product",
        "cmd-import",
        "--wait",
    )
    done = stack.pulso("import", file, *options, "--json")
    assert done.returncode == 0, done.stderr
    job = json.loads(done.stdout)
    assert (job["state"], job["accepted"]) == ("completed", 40)
    with stack.api() as api:
        series = api.get("/trends/sentiment", params={"product": "cmd-import"}).json()["series"]
    assert series[0]["total"]["count"] == 40

    again = stack.pulso("import", file, *options)
    assert again.returncode == 0
    assert again.stdout.strip() == "40 rows: 0 accepted, 40 duplicates, 0 rejected."


def test_rejected_rows_are_shown_and_told_by_the_exit_code(stack, table):
    file = table(
        ["text", "channel", "rating"], ["Bien", "chat", "4"], ["Mal", "chat", "9"], ["", "chat", "1"]
    )
    done = stack.pulso("import", file, "--wait")
    assert done.returncode == 5
    assert "3 rows: 1 accepted, 0 duplicates, 2 rejected." in done.stdout
    assert "rating" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["import", "/nowhere.csv"], 2, "/nowhere.csv"),
        (["import", __file__, "--map", "nonsense"], 2, "--map takes THEIRS=OURS"),
        (["import", __file__, "--channel", "fax"], 2, "fax"),
        (["keys", "revoke", "00000000"], 4, "No key has that id (404)."),
        (["keys", "create", "x", "--role", "owner"], 2, "owner"),
        (["dead", "drop", "--stream", "scored"], 2, "Give ids, or --all."),
        (["dead", "replay", "--stream", "scored", "junk"], 2, "junk"),
    ],
)
def test_a_mistake_is_one_clear_sentence(stack, arguments, code, words):
    command = " ".join(arguments[:2]) if arguments[0] in {"keys", "dead"} else arguments[0]
    done = stack.pulso(command, *arguments[len(command.split()) :])
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_file_without_texts_is_refused_with_the_way_out(stack, table):
    done = stack.pulso("import", table(["a", "b"], ["1", "2"]), "--wait")
    assert done.returncode == 4
    assert "text" in done.stderr


def test_no_stack_and_wrong_key_have_codes_of_their_own(stack, pulso, tmp_path):
    assert pulso("status", "--data-dir", str(tmp_path)).returncode == 3
    assert pulso("keys", "list", "--url", "http://127.0.0.1:1").returncode == 3
    refused = pulso("keys", "list", PULSO_URL=stack.url, PULSO_API_KEY="pulso_aaaaaaaa_" + "b" * 40)
    assert refused.returncode == 4
    assert refused.stderr.count("\n") == 1
    assert pulso("keys", "list", "--json", PULSO_URL=stack.url, PULSO_API_KEY=stack.key).returncode == 0


def test_a_key_from_its_making_to_its_end(stack, pulso):
    made = stack.pulso("keys create", "encuestas", "--role", "writer")
    key = made.stdout.strip()
    key_id = key.split("_")[1]
    listed = {one["id"]: one for one in json.loads(stack.pulso("keys list", "--json").stdout)}
    assert (listed[key_id]["name"], listed[key_id]["role"], listed[key_id]["revoked_at"]) == (
        "encuestas",
        "writer",
        None,
    )
    assert key not in stack.pulso("keys list").stdout
    assert stack.pulso("keys revoke", key_id).returncode == 0
    assert pulso("predict", "Rico", "--url", stack.url, "--key", key).returncode == 4


def test_status_tells_processes_memory_and_progress(stack):
    report = json.loads(stack.pulso("status", "--json").stdout)
    names = {process["name"] for process in report["processes"]}
    assert names == {"supervisor", "valkey", "gateway", "ingest", "sentiment", "trends", "insights"}
    assert report["ready"]
    assert report["memory_bytes"] == sum(process["memory_bytes"] for process in report["processes"])
    assert report["trends"]["dead"] is not None
    assert stack.key not in json.dumps(report)


def test_predict_with_a_stack_and_without(stack, pulso, tmp_path):
    texts = ("Excelente el lomo", "Pésimo servicio")
    with_stack = json.loads(stack.pulso("predict", *texts, "--json").stdout)
    alone = pulso("predict", *texts, "--json", "--data-dir", str(tmp_path), PULSO_MODEL="dummy")
    assert json.loads(alone.stdout) == with_stack
    shown = pulso("predict", "[red]no es un color[/]", "--data-dir", str(tmp_path), PULSO_MODEL="dummy")
    assert "[red]no es un color[/]" in shown.stdout
    wrong = pulso("predict", "hola", "--data-dir", str(tmp_path), PULSO_MODEL="/nowhere")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)


def test_predict_explains_with_a_stack_and_without(stack, pulso, tmp_path):
    texts = ("Excelente el lomo pero caro", "Pésimo servicio")
    with_stack = json.loads(stack.pulso("predict", *texts, "--explain", "--json").stdout)
    command = ("predict", "--explain", "--data-dir", str(tmp_path))
    told = json.loads(pulso(*command, *texts, "--json", PULSO_MODEL="dummy").stdout)
    assert told == with_stack
    assert [word["word"] for word in told[1]["words"]] == ["Pésimo", "servicio"]
    assert told[1]["words"][0]["weight"] > told[1]["words"][1]["weight"] == 0
    shown = pulso(*command, "[red]rico[/]", PULSO_MODEL="dummy")
    assert "[red]rico[/]" in shown.stdout
    long = pulso(*command, "ya " * 129, PULSO_MODEL="dummy")
    assert (long.returncode, long.stderr.count("\n")) == (1, 1)
    assert stack.pulso("predict", "--explain", "ya " * 129).returncode == 4


def test_sample_is_the_same_for_the_same_seed_and_end(pulso, tmp_path):
    written = []
    for name in ("one.ndjson", "two.ndjson"):
        options = (
            "--rows",
            "200",
            "--seed",
            "7",
            "--end",
            "2026-11-01T00:00:00",
            "--out",
            str(tmp_path / name),
        )
        assert pulso("sample", *options).returncode == 0
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    assert written[0].count(b"\n") == 200
    assert pulso("sample", "--out", str(tmp_path / "no" / "x.csv")).returncode == 1


def test_dead_letters_are_listed_replayed_and_dropped(start, eventually):
    stack = start().wait()

    async def poison() -> None:
        client = connect(stack.state["redis_url"])
        messages = [Message(f"bad-{n}", "feedback.received.v1", b'{"text": "zarzamora"') for n in range(3)]
        await Publisher(client, Stream("feedback", shards=4)).publish_many(messages)
        await client.aclose()

    def dead() -> list[dict[str, str]]:
        return json.loads(stack.pulso("dead list", "--json").stdout)["letters"]

    asyncio.run(poison())
    letters = eventually(lambda: len(found := dead()) == 3 and found)
    assert {letter["message"] for letter in letters} == {"bad-0", "bad-1", "bad-2"}
    assert {letter["stream"] for letter in letters} == {"feedback"}
    assert "zarzamora" not in json.dumps(letters)

    one = letters[0]["id"]
    assert stack.pulso("dead drop", "--stream", "feedback", one).returncode == 0
    assert stack.pulso("dead drop", "--stream", "feedback", one).returncode == 1
    assert stack.pulso("dead replay", "--stream", "feedback", "--all").returncode == 0
    again = eventually(lambda: len(found := dead()) == 2 and found)
    assert not {letter["id"] for letter in again} & {letter["id"] for letter in letters}
    assert stack.pulso("dead drop", "--stream", "feedback", "--all").returncode == 0
    assert dead() == []
    assert stack.pulso("dead list").stderr.strip() == "No dead letters."


def test_a_load_test_sends_at_its_rate_and_follows_items_into_trends(stack, eventually):
    with stack.api() as api:
        assert api.post("/feedback", json={"text": "Antes de la prueba", "channel": "chat"}).is_success
    eventually(stack.indexed)
    refused = stack.pulso("load")
    assert refused.returncode == 2
    assert "--yes does it all the same" in refused.stderr

    done = stack.pulso("load", "--rate", "50", "--seconds", "2", "--batch", "10", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["offered_items"], figures["accepted_items"]) == (100, 100)
    assert figures["not_accepted_items"] == {}
    assert figures["followed_items"] > 0
    assert figures["never_seen_items"] == 0
    assert figures["freshness_max_seconds"] > 0
    with stack.api() as api:
        newest = api.get("/feedback", params={"limit": 1}).json()["items"][0]
    assert newest["source"] == "load-test"


def test_a_load_test_counts_what_is_refused_by_its_reason(stack, pulso):
    created = stack.pulso("keys create", "load", "--role", "reader", "--json")
    key = json.loads(created.stdout)["key"]
    done = pulso(
        "load", "--url", stack.url, "--key", key, "--rate", "40", "--seconds", "1", "--yes", "--json"
    )
    assert done.returncode == 5
    figures = json.loads(done.stdout)
    assert (figures["accepted_items"], figures["not_accepted_items"]) == (0, {"403": 40})
