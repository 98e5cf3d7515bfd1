import pytest
from pulso_training.corpus import Row
from pulso_training.targets import Target, mixed, target


def row(label="", rating=None, emotion=""):
    return Row("x", label, "", "made", emotion, rating)


def test_a_label_keeps_what_smoothing_does_not_spread():
    found = target(row("neutral"), 0.3)
    assert found.sentiment == pytest.approx((0.1, 0.8, 0.1))
    assert found.emotion is None


def test_an_emotion_stands_by_itself():
    found = target(row(emotion="joy"), 0.07)
    assert found.sentiment is None
    assert found.emotion is not None
    assert found.emotion[1] == pytest.approx(0.94)
    assert sum(found.emotion) == pytest.approx(1)


@pytest.mark.parametrize(
    ("rating", "label"), [(1, "negative"), (2, "negative"), (3, "neutral"), (4, "positive")]
)
def test_stars_agree_with_their_label_and_doubt_the_more_the_nearer_the_middle(rating, label):
    found = target(row(label, rating), 0.05).sentiment
    assert found is not None
    assert sum(found) == pytest.approx(1)
    assert max(found) == found[("negative", "neutral", "positive").index(label)]


def test_two_stars_are_less_sure_than_one():
    one, two = (target(row("negative", stars), 0.05).sentiment for stars in (1, 2))
    assert one is not None
    assert two is not None
    assert two[0] < one[0]


def test_a_label_that_contradicts_its_stars_wins():
    assert target(row("negative", 5), 0.3) == target(row("negative"), 0.3)


def test_a_teacher_and_a_label_share_a_target():
    found = mixed(target(row("positive"), 0.0), Target((0.5, 0.5, 0.0), (1 / 7,) * 7), 0.25)
    assert found.sentiment == pytest.approx((0.375, 0.375, 0.25))
    assert found.emotion == pytest.approx((1 / 7,) * 7)
