"""A brief about feedback that came in through the front door."""


def test_a_brief_tells_what_was_sent(stack, eventually):
    items = [
        {"text": f"El pisco número {number} estuvo bacán", "channel": "review", "product": "Pisco de prueba"}
        for number in range(40)
    ]
    with stack.api() as api:
        assert api.post("/feedback/batch", json=items).json()["accepted"] == 40
        scope = {"product": "Pisco de prueba"}
        arrived = {"params": scope | {"bucket": "month"}}
        eventually(
            lambda: api.get("/trends/sentiment", **arrived).json()["series"][0]["total"]["count"] == 40
        )
        made = api.post("/insights", json={"scope": scope, "audience": "product"})
        assert made.status_code == 201, made.text
        brief = made.json()
        assert "hubo 40 comentarios" in brief["text"]
        assert api.get(f"/insights/{brief['id']}").json() == brief
        [count] = [fact for fact in brief["facts"] if fact["id"] == "F3"]
        again = api.get(count["query"].removeprefix("/api/v1")).json()
        assert again["series"][0]["total"]["count"] == count["value"] == 40
