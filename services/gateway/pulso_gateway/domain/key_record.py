"""What the gateway remembers of a key."""

from dataclasses import dataclass
from datetime import datetime

from pulso_gateway.domain.api_keys import Role


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key without its secret. `last_used_at` is right to the hour."""

    id: str
    name: str
    role: Role
    digest: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
