"""What happens to imports when something dies in the middle."""

from collections import Counter
from datetime import UTC, datetime

from pulso_contracts.imports import ImportJob, ImportState
from pulso_ingest.imports.file_store import FileJobStore
from pulso_ingest.imports.jobs import ImportOptions, JobRecord
from redis import Redis

ROWS = 6000


def csv(rows):
    return b"texto\n" + b"".join(b"Pedido %d\n" % number for number in range(rows))


def assert_all_once(ingest, rows):
    assert Counter(event.text for event in ingest.published()) == {
        f"Pedido {number}": 1 for number in range(rows)
    }


def test_an_import_goes_on_after_kill_9(redis_url, start_ingest, wait):
    ingest = start_ingest(redis_url, import_chunk_rows=50)
    job_id = ingest.queue(csv(ROWS), channel="chat").id
    for share in (1, 2, 3):
        wait(lambda share=share: ingest.job(job_id).rows >= share * ROWS // 5, "some rows are done")
        ingest.kill()
        ingest.start()
    job = ingest.ended(job_id)
    assert (job.state, job.rows, job.rejected) == (ImportState.COMPLETED, ROWS, 0)
    assert job.accepted + job.duplicates == ROWS
    assert job.duplicates <= 3 * 50  # a chunk per kill is done twice
    assert_all_once(ingest, ROWS)


def test_an_import_is_paused_by_sigterm_and_goes_on(redis_url, start_ingest, wait):
    ingest = start_ingest(redis_url, import_chunk_rows=50)
    job_id = ingest.queue(csv(ROWS), channel="chat").id
    wait(lambda: ingest.job(job_id).rows > 0, "the import has begun")
    ingest.stop()
    assert "imports.paused" in ingest.log.read_text()
    ingest.start()
    job = ingest.ended(job_id)
    assert (job.accepted, job.duplicates) == (ROWS, 0)
    assert_all_once(ingest, ROWS)


def test_an_import_waits_while_redis_is_away(valkey_process, start_ingest, wait):
    ingest = start_ingest(valkey_process.url, import_chunk_rows=50)
    job_id = ingest.queue(csv(ROWS), channel="chat").id
    wait(lambda: ingest.job(job_id).rows > ROWS // 10, "some rows are done")
    valkey_process.kill()
    wait(lambda: "import.waiting" in ingest.log.read_text(), "the import waits")
    assert ingest.job(job_id).state is ImportState.RUNNING
    valkey_process.start()
    assert ingest.ended(job_id).state is ImportState.COMPLETED
    assert_all_once(ingest, ROWS)


def test_an_import_waits_for_room_in_the_stream(valkey_process, start_ingest, wait):
    ingest = start_ingest(valkey_process.url, stream_max_length=4000)
    job_id = ingest.queue(csv(ROWS), channel="chat").id
    wait(lambda: "import.waiting" in ingest.log.read_text(), "the stream is full")
    first = ingest.published()
    with Redis.from_url(valkey_process.url) as redis:
        redis.delete(*(f"feedback:{{{shard}}}" for shard in range(4)))
    assert ingest.ended(job_id).accepted == ROWS
    assert len(first) + len(ingest.published()) == ROWS


def test_a_file_that_kills_the_process_again_and_again_is_given_up(redis_url, start_ingest):
    ingest = start_ingest(redis_url)
    ingest.stop()
    store = FileJobStore(ingest.data_dir / "imports")
    job_id = _enqueue(store, csv(10), attempts=5)
    ingest.start()
    job = ingest.ended(job_id)
    assert job.state is ImportState.FAILED
    assert "stopped the service repeatedly" in (job.error or "")


def test_two_processes_on_one_folder_do_not_work_on_one_job(redis_url, start_ingest, wait):
    first = start_ingest(redis_url, import_chunk_rows=50)
    second = start_ingest(redis_url, import_chunk_rows=50)
    assert first.data_dir == second.data_dir
    job_id = second.queue(csv(ROWS), channel="chat").id
    wait(lambda: second.job(job_id).rows > 0, "the first works on it")
    first.kill()
    job = second.ended(job_id)
    assert job.state is ImportState.COMPLETED
    assert job.duplicates <= 50
    assert_all_once(second, ROWS)


def _enqueue(store, content, *, attempts):
    job_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-00000000"
    store.incoming(job_id).write_bytes(content)
    job = ImportJob(
        id=job_id,
        state=ImportState.RUNNING,
        filename="a.csv",
        created_at=datetime.now(UTC),
        bytes_total=len(content),
    )
    store.enqueue(JobRecord(job=job, options=ImportOptions(channel="chat"), attempts=attempts))
    return job_id
