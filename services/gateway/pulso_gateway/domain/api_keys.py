"""API keys: `pulso_<id>_<secret>`. The secret is random, so a plain SHA-256 of the key is safe to store."""

import hashlib
import re
import secrets
import string
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

ID_CHARACTERS: Final = string.ascii_lowercase + string.digits
SECRET_CHARACTERS: Final = string.ascii_letters + string.digits
ID_LENGTH: Final = 8
SECRET_LENGTH: Final = 40
"""40 of 62 characters are 238 bits: nothing that can be guessed or looked up."""

_FORM: Final = re.compile(rf"pulso_([a-z0-9]{{{ID_LENGTH}}})_([A-Za-z0-9]{{32,64}})")


class Role(StrEnum):
    """What a key may do: read, bring feedback in, or everything."""

    READER = "reader"
    WRITER = "writer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as its owner holds it; only `id` may be shown again or logged."""

    id: str
    text: str = field(repr=False)

    @property
    def digest(self) -> str:
        """What is stored instead of the key."""
        return digest_of(self.text)


def digest_of(text: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def new_key() -> ApiKey:
    """A fresh random key."""
    identifier = "".join(secrets.choice(ID_CHARACTERS) for _ in range(ID_LENGTH))
    secret = "".join(secrets.choice(SECRET_CHARACTERS) for _ in range(SECRET_LENGTH))
    return ApiKey(id=identifier, text=f"pulso_{identifier}_{secret}")


def parse_key(text: str) -> ApiKey | None:
    """The key that `text` spells, or None when it has another form."""
    match = _FORM.fullmatch(text)
    return ApiKey(id=match[1], text=text) if match else None
