"""Personal data that some people leave in their messages, so that redaction has something to do.

Nobody's: addresses end in domains that RFC 2606 reserves, phones and DNIs begin with unlikely rows of zeros.
"""

from random import Random

from pulso_contracts.peru.spelling import fold

_DOMAINS = ("example.com", "example.org", "example.net")


def contact_line(rng: Random, name: str) -> str:
    """A sentence that gives a phone, an e-mail address or a DNI."""
    draw = rng.random()
    if draw < 0.45:
        digits = f"90000{rng.randrange(10_000):04d}"
        phone = rng.choice((digits, f"{digits[:3]} {digits[3:6]} {digits[6:]}", f"+51 {digits}"))
        return f"Mi celular es {phone}."
    if draw < 0.75:
        return f"Mi DNI es 00{rng.randrange(1_000_000):06d}."
    return f"Escríbanme a {'.'.join(fold(name).split()[:2])}{rng.randrange(100)}@{rng.choice(_DOMAINS)}."
