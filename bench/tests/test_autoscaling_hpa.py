"""The HorizontalPodAutoscaler, on cases worked out by hand from Kubernetes' documentation of the algorithm.

https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/, "Algorithm details" and
"Configurable scaling behavior".
"""

import pytest

from bench.autoscaling.hpa import Autoscaler, Policy, Rules, by_average_value, by_utilization

AT_ONCE = Rules(0, (Policy("Percent", 1000, 15),))


def autoscaler(up: Rules = AT_ONCE, down: Rules = AT_ONCE, most: int = 100) -> Autoscaler:
    return Autoscaler(1, most, up, down)


@pytest.mark.parametrize(
    ("metric", "replicas", "wanted"),
    [
        (100, 5, 5),  # exactly the target of 20
        (109, 5, 5),  # 1.09: within the tolerance of 0.1
        (111, 5, 6),  # 5.55, rounded up
        (91, 5, 5),
        (89, 5, 5),  # 0.89, but 4.45 is rounded up
        (79, 5, 4),
        (0, 5, 0),
    ],
)
def test_replicas_follow_an_average_value(metric, replicas, wanted):
    assert by_average_value(metric, 20.0, replicas) == wanted


@pytest.mark.parametrize(
    ("percents", "replicas", "wanted"),
    [
        ([140.0, 140.0], 2, 4),
        ([75.0, 75.0], 2, 2),  # 1.07
        ([140.0, 140.0], 4, 4),  # two of four are not ready: 280 / 4 / 70 is 1
        ([140.0, 140.0], 3, 4),  # 280 / 3 / 70 = 1.33 of three
        ([35.0, 35.0, 35.0, 35.0], 4, 2),
    ],
)
def test_replicas_follow_cpu_and_pods_that_start_dampen(percents, replicas, wanted):
    assert by_utilization(percents, 70.0, replicas) == wanted


def test_between_the_bounds_whatever_is_proposed():
    scaler = autoscaler(most=7)
    assert scaler.sync(0, 3, 50) == 7
    assert scaler.sync(15, 7, 0) == 1
    assert scaler.sync(30, 9, 8) == 7


def test_without_a_metric_nothing_changes():
    assert autoscaler().sync(0, 6, None) == 6


def test_scaling_down_takes_the_highest_proposal_of_its_window():
    scaler = autoscaler(down=Rules(300, (Policy("Percent", 100, 15),)))
    assert scaler.sync(0, 10, 10) == 10
    assert scaler.sync(150, 10, 6) == 10
    assert scaler.sync(299, 10, 2) == 10
    assert scaler.sync(301, 10, 2) == 6
    assert scaler.sync(451, 6, 2) == 2


def test_scaling_up_takes_the_lowest_proposal_of_its_window():
    scaler = autoscaler(up=Rules(60, (Policy("Percent", 1000, 15),)))
    assert scaler.sync(0, 2, 2) == 2
    assert scaler.sync(30, 2, 8) == 2
    assert scaler.sync(61, 2, 9) == 8


def test_a_gap_in_the_metric_does_not_shorten_the_window():
    scaler = autoscaler(down=Rules(300, (Policy("Percent", 100, 15),)))
    assert scaler.sync(0, 10, 10) == 10
    assert scaler.sync(150, 10, None) == 10
    assert scaler.sync(200, 10, 1) == 10


def test_the_larger_of_two_policies_bounds_a_rise_within_its_period():
    # The documentation's default: double, or four pods, whichever is more, in 15 seconds.
    scaler = autoscaler(up=Rules(0, (Policy("Percent", 100, 15), Policy("Pods", 4, 15))))
    assert scaler.sync(0, 2, 50) == 6
    assert scaler.sync(10, 6, 50) == 6  # used up
    assert scaler.sync(15, 6, 50) == 12
    assert scaler.sync(30, 12, 50) == 24


def test_the_smaller_of_two_policies_when_that_is_selected():
    scaler = autoscaler(up=Rules(0, (Policy("Percent", 100, 15), Policy("Pods", 4, 15)), "Min"))
    assert scaler.sync(0, 10, 50) == 14


def test_a_direction_can_be_disabled():
    scaler = autoscaler(down=Rules(0, (Policy("Pods", 4, 60),), "Disabled"))
    assert scaler.sync(0, 10, 1) == 10


def test_a_fall_in_per_cent_counts_from_the_start_of_its_period():
    # The documentation's example: 10 per cent of 80 is 8; of 72 it is 7.2, and 64.8 is rounded down.
    scaler = autoscaler(down=Rules(0, (Policy("Pods", 4, 60), Policy("Percent", 10, 60))))
    assert scaler.sync(0, 80, 10) == 72
    assert scaler.sync(30, 72, 10) == 72
    assert scaler.sync(60, 72, 10) == 64
