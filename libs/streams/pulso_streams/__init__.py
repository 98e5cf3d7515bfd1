"""Durable, sharded streams on Redis or Valkey: publish, consume, take over, dead letters, replay."""

from pulso_streams.backlog import Backlog, backlog, tell_backlog, watch_backlog
from pulso_streams.connection import Client, connect, ping
from pulso_streams.consumer import Consumer
from pulso_streams.dead_letters import DeadLetter, DeadLetters
from pulso_streams.errors import StreamError, StreamFull, StreamUnavailable
from pulso_streams.message import Delivery, Message
from pulso_streams.publisher import Publisher, PublishStatus
from pulso_streams.shared_cache import SharedCache
from pulso_streams.snapshot import write_snapshot
from pulso_streams.stream import Stream

__all__ = [
    "Backlog",
    "Client",
    "Consumer",
    "DeadLetter",
    "DeadLetters",
    "Delivery",
    "Message",
    "PublishStatus",
    "Publisher",
    "SharedCache",
    "Stream",
    "StreamError",
    "StreamFull",
    "StreamUnavailable",
    "backlog",
    "connect",
    "ping",
    "tell_backlog",
    "watch_backlog",
    "write_snapshot",
]
