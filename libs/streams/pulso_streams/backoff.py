"""How long to wait before trying again."""

import random

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 2.0


def pause_after(failures: int) -> float:
    """Seconds to wait after so many failures in a row: doubling, bounded, and half of it random.

    The random half keeps a fleet of consumers from knocking in step at a server that just came back.
    """
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 16))
    return longest * random.uniform(0.5, 1.0)
