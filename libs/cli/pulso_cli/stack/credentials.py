"""Secrets of the one-machine stack: some live as long as the data, others as long as one run."""

import json
import secrets
from dataclasses import dataclass, field

from pulso_cli.failures import CommandFailed
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.private_file import write_private

_KEY_ID_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_api_key() -> str:
    """A key in the gateway's form: `pulso_<8 characters>_<secret>`."""
    key_id = "".join(secrets.choice(_KEY_ID_LETTERS) for _ in range(8))
    return f"pulso_{key_id}_{secrets.token_hex(24)}"


@dataclass(frozen=True)
class Credentials:
    """What the processes of one run know; only `customer_key` outlives the run."""

    customer_key: str = field(repr=False)
    """Keys the hashes of customer ids: another key would make every customer a stranger."""
    admin_key: str = field(default_factory=new_api_key, repr=False)
    internal_token: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    redis_password: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)


def load_credentials(layout: Layout) -> Credentials:
    """The lasting key from the data directory (made on the first start) and fresh ones beside it.

    Raises:
        CommandFailed: The file is there but cannot be read: a new key would silently break the hashes.
    """
    try:
        kept = json.loads(layout.credentials.read_text(encoding="utf-8"))
        return Credentials(customer_key=str(kept["customer_key"]))
    except FileNotFoundError:
        made = Credentials(customer_key=secrets.token_hex(32))
        write_private(layout.credentials, json.dumps({"customer_key": made.customer_key}) + "\n")
        return made
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandFailed(
            f"{layout.credentials} is damaged; restore it from a backup, or delete it and accept that "
            "known customers are counted as new ones."
        ) from error
