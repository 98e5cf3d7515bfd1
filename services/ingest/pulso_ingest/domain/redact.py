"""Personal data out of a text, before it is stored or logged.

Every pattern is bounded: no input of the accepted length makes one of them slow. What is found becomes a
placeholder in brackets, which holds nothing that a pattern finds: redacting twice changes nothing.
"""

import re
from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from stdnum.pe import ruc

from pulso_ingest.domain.cards import redact_cards
from pulso_ingest.domain.links import redact_links


class Kind(StrEnum):
    """What was found. The placeholder is the kind in brackets; a link is not replaced, it loses its query."""

    EMAIL = "email"
    PHONE = "phone"
    DNI = "dni"
    RUC = "ruc"
    CARD = "card"
    LINK = "link"


MOST_PASSES: Final = 4
"""What one placeholder uncovers, such as a number that touched another, the next pass finds."""

# Without a digit, an @ and a link there is nothing to find: most texts end here.
_WORTH_A_LOOK: Final = re.compile(
    r"@|[(\[]a(?:t|rroba)[)\]]|//|www\.|/[^\s?#]{0,300}[?#]|\d(?:\D{0,2}\d){5}", re.IGNORECASE
)

_EMAIL: Final = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}(?:@| @ | ?[(\[]a(?:t|rroba)[)\]] ?)"
    r"(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24}(?![\w-])",
    re.IGNORECASE,
)
_RUC: Final = re.compile(r"(?<!\d)(?:1[0567]|20)[ -]?\d{8}[ -]?\d(?!\d)")

_COUNTRY: Final = r"(?:(?:\+|00)?51[ .-]?)?"
_AREA: Final = r"(?:1|4[1-4]|5[1-46]|6[1-7]|7[2-46]|8[2-4])"
_MOBILE: Final = re.compile(
    rf"(?<!\d)(?<!\d[.,]){_COUNTRY}\(?(?:"
    r"9\d\d\)?[ .-]?\d{3}[ .-]?\d{3}|9\d([ .-])\d{3}\1\d{4}"
    r"|9\d\d([ .-])\d\d\2\d\d\2\d\d|9([ .-])\d(?:\3\d){7}"
    r")(?!\d)(?![.,]\d)"
)
# A fixed line is told from an order number by its country code, by brackets or by the zero of its area code.
_FIXED: Final = re.compile(
    rf"(?<![\d.,])(?:(?:\+|00)51[ .-]?\(?0?{_AREA}\)?[ .-]?\d{{3}}[ .-]?\d{{3,4}}"
    rf"|\(0?{_AREA}\)[ .-]?\d{{3}}[ .-]?\d{{3,4}}"
    rf"|0{_AREA}[ .-]?\d{{3}}[ .-]?\d{{3,4}})(?!\d)(?![.,]\d)"
)
_FOREIGN: Final = re.compile(r"\+[1-9]\d{0,2}(?:[ .-]?\(?\d{1,5}\)?){2,5}(?!\d)")
# A number of six digits or more after the word for a telephone.
_CALLED: Final = re.compile(
    r"(?<![\w\[])((?:tel[eé]fonos?|telef|telf|tel|tlf|phone|fono|fijo|cel|celular|m[oó]vil|whats?app|wsp|wasap|"
    r"wpp|ll[aá]m[ae](?:me|nos|r|rme|rnos)?|n[uú]mero de contacto|cont[aá]ct[ae](?:me|nos|r)?)"
    r"(?:[ .:#=-]|n[°º]|(?:al?|nro|n[uú]mero|es)\b){0,6})"
    r"(?P<secret>\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){1,4})(?!\d)",
    re.IGNORECASE,
)
# Eight digits are a DNI only after a word that says so; alone they are as often an order or a ticket.
_DNI: Final = re.compile(
    r"(?<![\w\[])((?:d\.?n\.?i\.?|doc(?:umento)?s?|identidad|identificad[oa]|c[eé]dula|carn[eé]t?)"
    r"(?:[ .:#=,()-]|n[°º]|(?:nro|num|n[uú]mero|de|identidad|nacional|con|dni|es|el|mi|y)\b){0,12})"
    r"(?P<secret>\d{8}(?:-?[0-9A-K](?!\w))?|\d{2}[. ]\d{3}[. ]\d{3})(?!\w)",
    re.IGNORECASE,
)


def _replacing(
    pattern: re.Pattern[str], kind: Kind, is_real: Callable[[str], object] = bool
) -> Callable[[str], tuple[str, int]]:
    """A step that puts a placeholder for each match, or for its group `secret`, which ends it."""

    def step(text: str) -> tuple[str, int]:
        count = 0

        def placeholder(match: re.Match[str]) -> str:
            nonlocal count
            secret = match["secret"] if pattern.groupindex else match[0]
            if not is_real(secret):
                return match[0]
            count += 1
            return f"{match[0].removesuffix(secret)}[{kind}]"

        return pattern.sub(placeholder, text), count

    return step


def _is_ruc(written: str) -> bool:
    return bool(ruc.is_valid(written.replace(" ", "").replace("-", "")))


def _has_digits(fewest: int) -> Callable[[str], bool]:
    return lambda written: sum(character.isdecimal() for character in written) >= fewest


# The order matters: links before what their queries hold, long numbers before the short ones within them.
_STEPS: Final = (
    (Kind.LINK, redact_links),
    (Kind.EMAIL, _replacing(_EMAIL, Kind.EMAIL)),
    (Kind.CARD, redact_cards),
    (Kind.RUC, _replacing(_RUC, Kind.RUC, _is_ruc)),
    (Kind.DNI, _replacing(_DNI, Kind.DNI)),
    (Kind.PHONE, _replacing(_MOBILE, Kind.PHONE)),
    (Kind.PHONE, _replacing(_FIXED, Kind.PHONE)),
    (Kind.PHONE, _replacing(_FOREIGN, Kind.PHONE, _has_digits(8))),
    (Kind.PHONE, _replacing(_CALLED, Kind.PHONE, _has_digits(6))),
)


def redact(text: str) -> tuple[str, Counter[Kind]]:
    """The text with placeholders, and how many of each kind were found.

    Args:
        text: Normalised text; invisible characters inside a number would hide it.
    """
    found: Counter[Kind] = Counter()
    if not _WORTH_A_LOOK.search(text):
        return text, found
    for _ in range(MOST_PASSES):
        before = text
        for kind, step in _STEPS:
            text, count = step(text)
            if count:
                found[kind] += count
        if text == before:
            break
    return text, found
