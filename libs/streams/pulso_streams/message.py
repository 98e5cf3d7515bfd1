"""Messages, and messages as a consumer gets them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

_ERROR_LENGTH = 200


class Malformed(ValueError):
    """An entry of the stream that nobody could have published with this package."""


@dataclass(frozen=True, slots=True)
class Message:
    """One event on its way.

    Attributes:
        id: the idempotency key; publishing it again within the de-duplication time changes nothing.
        type: name and version of the event, such as ``feedback.received.v1``.
        body: the event, encoded as its type says.
        headers: what travels beside it, such as the request id.
    """

    id: str
    type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.id or not self.type:
            raise ValueError("a message has an id and a type")

    def encoded(self) -> tuple[bytes, bytes, bytes, bytes]:
        """Id, type, headers and body as an entry holds them."""
        headers = json.dumps(dict(self.headers), ensure_ascii=False, separators=(",", ":"))
        return self.id.encode(), self.type.encode(), headers.encode(), self.body

    @classmethod
    def decoded(cls, fields: Mapping[bytes, bytes]) -> "Message":
        """The message in an entry's fields.

        Raises:
            Malformed: a field is missing or is not what ``encoded`` writes.
        """
        try:
            headers = json.loads(fields[b"headers"])
            message = cls(fields[b"id"].decode(), fields[b"type"].decode(), fields[b"body"], headers)
        except (KeyError, ValueError, RecursionError) as error:
            raise Malformed(type(error).__name__) from error
        if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
            raise Malformed("headers")
        return message


class Held(Protocol):
    """Where a delivered entry lies: enough to settle it."""

    @property
    def shard(self) -> int:
        """The shard that holds it."""

    @property
    def entry(self) -> str:
        """Its id there."""


class Entry(NamedTuple):
    """An entry as the server gave it, not understood yet."""

    shard: int
    entry: str
    attempt: int
    fields: Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message in a consumer's hands, until it is completed, handed over, failed, rejected or released.

    Attributes:
        message: what was published.
        shard: where it lies.
        entry: its id there.
        attempt: the number of this delivery, from 1.
    """

    message: Message
    shard: int
    entry: str
    attempt: int


def group_by_shard(held: Iterable[Held]) -> dict[int, list[str]]:
    """The entry ids of each shard, in the order given."""
    shards: dict[int, list[str]] = {}
    for each in held:
        shards.setdefault(each.shard, []).append(each.entry)
    return shards


def describe_error(error: BaseException | str) -> str:
    """What is kept of an error beside a message: the class of an exception or the caller's own code.

    Never an exception's text, which may quote the customer's words; these must not leave the message's body.
    """
    text = error if isinstance(error, str) else type(error).__name__
    return " ".join(text.split())[:_ERROR_LENGTH] or "unknown"
