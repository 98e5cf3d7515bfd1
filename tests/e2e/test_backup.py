"""A stack that is saved in the middle of its work comes back with all that it had accepted, and that once."""

import csv
import io
import signal
import sqlite3
import threading
from contextlib import closing

import psutil
import pytest
from pulso_kit.database import Database
from pulso_trends.store.recount import recount

pytestmark = pytest.mark.timeout(300)  # starting whole stacks, maybe beside other tests

UPLOADED = 2_000
BATCH = 50


def row(number, product):
    return {
        "source": product,
        "external_id": str(number),
        "text": f"El lomo saltado estuvo excelente ({number})",
        "channel": "review",
        "product": product,
        "customer_id": f"c{number % 97}",
    }


def as_csv(rows):
    table = io.StringIO()
    writer = csv.DictWriter(table, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue().encode()


class Sender(threading.Thread):
    """Sends batch after batch until told to end; knows what was accepted."""

    def __init__(self, stack):
        super().__init__(daemon=True)
        self._stack = stack
        self.accepted = 0
        """Items 0 to this have been accepted."""
        self.end = threading.Event()

    def run(self):
        with self._stack.api() as api:
            while not self.end.is_set():
                batch = [row(self.accepted + number, "live") for number in range(BATCH)]
                api.post("/feedback/batch", json=batch).raise_for_status()
                self.accepted += BATCH


def listed(stack, product):
    """The numbers of the items in trends, each as often as it is there."""
    found, cursor = [], {}
    with stack.api() as api:
        while True:
            answer = api.get("/feedback", params={"product": product, "limit": 200, **cursor})
            page = answer.raise_for_status().json()
            found += [int(item["external_id"]) for item in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}


def drained(stack):
    with stack.api() as api:
        status = api.get("/trends/status").raise_for_status().json()
        jobs = api.get("/imports").raise_for_status().json()["items"]
    waiting = (status["unscored"], status["waiting"], status["dead"])
    return waiting == (0, 0, 0) and all(job["state"] == "completed" for job in jobs)


def process(stack, name):
    return psutil.Process({one["name"]: one["pid"] for one in stack.state["processes"]}[name])


@pytest.mark.slow
async def test_a_backup_under_load_holds_all_that_was_accepted_before_it(start, pulso, eventually, tmp_path):
    stack = start().wait()
    key = stack.pulso("keys create", "encuestas", "--role", "reader").stdout.strip()
    sender = Sender(stack)
    sender.start()
    eventually(lambda: (stack.indexed() or 0) > 5 * BATCH)
    # Work waits at each step of the way: scored items are not indexed, and of an upload a part is published.
    process(stack, "trends").send_signal(signal.SIGSTOP)
    with stack.api() as api:
        uploaded = [row(number, "upload") for number in range(UPLOADED)]
        job = api.post("/imports", content=as_csv(uploaded)).raise_for_status().json()["id"]
        eventually(lambda: api.get(f"/imports/{job}").json()["accepted"] > 0)
    before = sender.accepted
    file = tmp_path / "pulso.tar.gz"
    saved = stack.pulso("backup", str(file))
    assert saved.returncode == 0, saved.stderr
    process(stack, "trends").send_signal(signal.SIGCONT)
    assert file.stat().st_mode & 0o777 == 0o600
    after = sender.accepted
    sender.end.set()
    sender.join()
    stack.kill()

    restored = pulso("restore", str(file), "--data-dir", str(tmp_path / "new"))
    assert restored.returncode == 0, restored.stderr
    new = tmp_path / "new"
    assert {path.stat().st_mode & 0o077 for path in (new, *new.rglob("*"))} == {0}
    with closing(sqlite3.connect(new / "trends" / "feedback.db")) as database:
        (indexed,) = database.execute("SELECT count(*) FROM feedback").fetchone()
    assert indexed < before + UPLOADED, "nothing was on its way"
    second = start("new").wait()
    assert second.answer_to(key) == 200
    eventually(lambda: drained(second))
    assert sorted(listed(second, "upload")) == list(range(UPLOADED))
    live = listed(second, "live")
    assert len(live) == len(set(live))
    assert set(range(before)) <= set(live)
    # What came while it was made is in it or not; what came later is not. The clients have all of it still.
    assert set(live) <= set(range(after + BATCH))
    with second.api() as api:
        for first in range(0, sender.accepted, BATCH):
            batch = [row(number, "live") for number in range(first, first + BATCH)]
            api.post("/feedback/batch", json=batch).raise_for_status()
    eventually(lambda: drained(second) and second.indexed() == sender.accepted + UPLOADED)
    assert second.stop() == 0
    database = Database(f"sqlite:///{second.root / 'trends' / 'feedback.db'}", application="test")
    outcome = await recount(database)
    await database.close()
    assert (outcome.items, outcome.wrong_cells) == (sender.accepted + UPLOADED, 0)
