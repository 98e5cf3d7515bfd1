from pulso_sentiment.engine.lanes import Lane, Turns


def taken(turns, waiting, batches, tokens=100):
    order = []
    for _ in range(batches):
        lane = turns.next(waiting)
        turns.spent(lane, tokens)
        order.append(lane)
    return order


def test_few_texts_are_interactive_and_many_are_not():
    assert Lane.of_call(1) is Lane.of_call(1_024) is Lane.INTERACTIVE
    assert Lane.of_call(1_025) is Lane.BULK


def test_work_is_divided_by_shares_and_nobody_starves():
    order = taken(Turns(), list(Lane), 70)
    assert order[0] is Lane.INTERACTIVE
    assert [order.count(lane) for lane in Lane] == [40, 20, 10]


def test_shares_are_of_tokens_not_of_batches():
    turns = Turns()
    spent = dict.fromkeys(Lane, 0)
    for _ in range(4_000):
        lane = turns.next([Lane.INTERACTIVE, Lane.STREAM])
        tokens = 10 if lane is Lane.INTERACTIVE else 1_000
        turns.spent(lane, tokens)
        spent[lane] += tokens
    assert 3.5 < spent[Lane.INTERACTIVE] / spent[Lane.STREAM] < 4.5


def test_who_pauses_neither_saves_up_turns_nor_loses_them():
    turns = Turns()
    taken(turns, [Lane.STREAM], 1_000)
    turns.woke(Lane.INTERACTIVE, [Lane.STREAM])
    order = taken(turns, [Lane.INTERACTIVE, Lane.STREAM], 50)
    assert order[0] is Lane.INTERACTIVE
    assert order.count(Lane.INTERACTIVE) == 40
