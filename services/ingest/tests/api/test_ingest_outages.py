from redis import Redis


def items(first, count):
    return [{"text": f"Pedido {number}", "channel": "chat"} for number in range(first, first + count)]


def assert_refused(response):
    assert response.status_code == 503, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["retry-after"]) >= 1


def test_while_redis_is_down_nothing_is_accepted_and_later_all_is(valkey_process, start_ingest):
    ingest = start_ingest(valkey_process.url)
    assert ingest.client.get("/readyz").status_code == 200
    valkey_process.kill()
    assert_refused(ingest.client.post("/feedback", json=items(0, 1)[0]))
    assert_refused(ingest.client.post("/feedback/batch", json=items(0, 10)))
    assert ingest.client.get("/readyz").status_code == 503
    assert ingest.client.get("/healthz").status_code == 200
    valkey_process.start()
    assert ingest.client.post("/feedback/batch", json=items(0, 10)).json()["accepted"] == 10
    assert len(ingest.published()) == 10


def test_a_full_disk_refuses_whole_batches_and_loses_none(valkey_process, start_ingest):
    ingest = start_ingest(valkey_process.url)
    accepted = ingest.client.post("/feedback/batch", json=items(0, 10)).json()["accepted"]
    valkey_process.fill_disk()
    refused = None
    for first in range(1000, 9000, 500):
        response = ingest.client.post("/feedback/batch", json=items(first, 500))
        if response.status_code == 503:
            refused = response
            break
        accepted += response.json()["accepted"]
    assert refused is not None, "the disk was never full"
    assert_refused(refused)
    valkey_process.free_disk()
    valkey_process.restart()
    assert len(ingest.published()) == accepted


def test_a_full_stream_refuses_before_any_work(valkey_process, start_ingest):
    ingest = start_ingest(valkey_process.url, stream_max_length=4000)
    accepted, response = 0, None
    for first in range(0, 6000, 1000):
        response = ingest.client.post("/feedback/batch", json=items(first, 1000))
        if response.status_code != 202:
            break
        accepted += response.json()["accepted"]
    assert_refused(response)
    assert len(ingest.published()) == accepted
    with Redis.from_url(valkey_process.url) as redis:
        redis.delete(*(f"feedback:{{{shard}}}" for shard in range(4)))
    assert ingest.client.post("/feedback", json=items(9000, 1)[0]).status_code == 202
