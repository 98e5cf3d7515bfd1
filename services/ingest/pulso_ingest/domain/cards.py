"""Payment card numbers: 13 to 19 digits of a known network, right by Luhn's check digit."""

import re
from typing import Final

from stdnum import luhn

PLACEHOLDER: Final = "[card]"

_DIGITS: Final = re.compile(r"(?<!\d)(?:\d[ .-]?){12,}\d(?!\d)")
_GROUP: Final = re.compile(r"\d+")
_LENGTHS: Final = frozenset({13, 14, 15, 16, 19})
_NETWORKS: Final = frozenset("23456")
"""First digits of Visa, Mastercard, American Express, Diners, Discover, UnionPay and Maestro."""
_MOST_GROUPS: Final = 8
"""Cards are written in groups of four, rarely otherwise. Single digits count only from the first of their
row, or a long row of them would be tried from each one."""


def redact_cards(text: str) -> tuple[str, int]:
    """The text with placeholders for card numbers, and how many there were."""
    count = 0

    def within(run: re.Match[str]) -> str:
        nonlocal count
        kept, found = _redact_run(run[0])
        count += found
        return kept

    return _DIGITS.sub(within, text), count


def _redact_run(run: str) -> tuple[str, int]:
    """Numbers begin and end where groups do, so a date or a price beside a card does not hide it."""
    groups = [match.span() for match in _GROUP.finditer(run)]
    pieces: list[str] = []
    copied = found = index = 0
    while index < len(groups):
        last = _card_from(run, groups, index)
        if last is None:
            index += 1
            continue
        pieces += (run[copied : groups[index][0]], PLACEHOLDER)
        copied = groups[last][1]
        found += 1
        index = last + 1
    return "".join(pieces) + run[copied:], found


def _card_from(run: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """The index of the group that ends a card number beginning with group `first`."""
    if run[groups[first][0]] not in _NETWORKS:
        return None
    single = _is_single(groups[first])
    if single and first > 0 and _is_single(groups[first - 1]):
        return None
    most = 19 if single else _MOST_GROUPS
    digits = ""
    for index in range(first, min(first + most, len(groups))):
        digits += run[groups[index][0] : groups[index][1]]
        if len(digits) > 19:
            return None
        if len(digits) in _LENGTHS and luhn.is_valid(digits):
            return index
    return None


def _is_single(group: tuple[int, int]) -> bool:
    return group[1] - group[0] == 1
