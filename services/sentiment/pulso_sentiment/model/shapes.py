"""The few input shapes that batches are padded to.

OpenVINO builds kernels for each new shape and keeps them. With free shapes that took most of the time (130
texts a second instead of 350 on two cores) and memory without end (940 MB after 200 batches); this grid ends
at about 95 shapes. With 28, 36 and 56 tokens padding is 6 % of the texts of `bench.serving`, without 11 %.
"""

_LENGTHS = (8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 80, 96, 128, 192, 256, 384, 512)


def grid_length(tokens: int) -> int:
    """Return the length that a text of so many tokens is padded to."""
    return next((length for length in _LENGTHS if length >= tokens), tokens)


def grid_rows(texts: int) -> int:
    """Return the number of rows that a batch is padded to: a power of two."""
    return 1 << (texts - 1).bit_length()


def full_rows(texts: int) -> int:
    """Return how many of `texts` to take now: all if they fill their rows by 3/4, else a power of two."""
    rows = grid_rows(texts)
    return texts if 4 * texts >= 3 * rows else rows // 2


def rows_within(tokens: int, length: int) -> int:
    """Return how many texts of a grid length fit into so many tokens: a power of two, at least 1."""
    return 1 << max(0, (tokens // length).bit_length() - 1)


def padded_tokens(texts: int, longest: int) -> int:
    """Return what a batch of so many texts costs, padding included."""
    return grid_rows(texts) * grid_length(longest)
