"""Ports on the loopback interface."""

import random
import socket

from pulso_cli.failures import CommandFailed, ExitCode

LOOPBACK = "127.0.0.1"
# Below the range that Linux gives to outgoing connections (32768-60999): a port chosen here stays free
# while a process that has died is being started anew on it.
_INTERNAL = range(15_000, 32_000)


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as candidate:
        # As servers do it: connections that are still closing do not make a port taken.
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def require_free(port: int) -> None:
    """Checks the port that the user chose.

    Raises:
        CommandFailed: It is taken, or only root may have it.
    """
    if not is_free(port):
        raise CommandFailed(
            f"Port {port} is taken or not allowed; choose another one with --port.", ExitCode.USAGE
        )


def free_ports(count: int) -> list[int]:
    """Different internal ports that nobody listens on."""
    found: list[int] = []
    for port in random.SystemRandom().sample(_INTERNAL, len(_INTERNAL)):
        if is_free(port):
            found.append(port)
            if len(found) == count:
                return found
    raise CommandFailed(f"No {count} free ports between {_INTERNAL.start} and {_INTERNAL.stop - 1}.")
