"""Work for a stack that touches everything that is counted while all is well."""

from itertools import count

from pulso_contracts.feedback import Channel

from tests.e2e.conftest import Stack, eventually

_numbers = count()


def produce_load(stack: Stack) -> None:
    """Sends, asks and waits; returns when what was sent is indexed."""
    before = stack.indexed()
    with stack.api() as api:
        sent = 0
        for channel in Channel:
            item = {
                "text": f"Buen lomo saltado, pedido {next(_numbers)}",
                "channel": channel,
                "region": "Lima",
            }
            for _ in range(2):  # the second is a duplicate
                assert api.post("/feedback", json=item).status_code == 202
            sent += 1
        texts = (
            "Malísimo, escríbanme a ana@correo.pe, pedido {}",
            "Ni bueno ni malo, pedido {}",
            "El ají de gallina llegó frío, pedido {}",
        )
        batch = [
            {"text": text.format(next(_numbers)), "channel": "chat", "region": "Narnia"}
            for text in texts
            for _ in range(30)
        ]
        answer = api.post("/feedback/batch", json=[*batch, {"text": "sin canal"}]).json()
        assert (answer["accepted"], answer["rejected"]) == (90, 1)
        lines = "".join(f"El pisco estuvo rico {next(_numbers)},survey\n" for _ in range(20))
        file = {"file": ("encuestas.csv", f"text,channel\n{lines}", "text/csv")}
        assert api.post("/imports", files=file).status_code == 202
        eventually(lambda: stack.indexed() == before + sent + 90 + 20)
        _ask(api)
    assert stack.answer_to("no-key-of-ours") == 401


def _ask(api) -> None:
    for path in (
        "/trends/sentiment",
        "/trends/dimensions",
        "/trends/emerging",
        "/trends/forecast",
        "/trends/anomalies",
        "/trends/status",
        "/taxonomy",
        "/imports",
        "/sentiment/model",
        "/insights",
    ):
        assert api.get(path).status_code == 200, path
    found = api.get("/feedback", params={"limit": 1}).json()["items"][0]["id"]
    assert api.get(f"/feedback/{found}").status_code == 200
    assert api.get("/feedback/of-nobody").status_code == 404
    for _ in range(2):  # the second comes from the cache
        assert api.post("/sentiment", json={"texts": ["Riquísimo el arroz chaufa"]}).status_code == 200
    assert api.post("/insights", json={"scope": {}, "audience": "product"}).status_code == 201
    with api.stream("GET", "/live") as live:
        assert live.status_code == 200
