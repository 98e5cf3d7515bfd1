"""The Lua scripts: each runs on the server as one step that nothing can interrupt or split."""

from collections.abc import Iterable
from hashlib import sha1
from importlib.resources import files
from typing import Any

from redis.exceptions import NoScriptError

from pulso_streams.connection import Client
from pulso_streams.errors import server_call


class Script:
    """A script of ``lua/``, called by its digest and sent again when the server has forgotten it."""

    def __init__(self, name: str, *, shared: str | None = None) -> None:
        folder = files("pulso_streams") / "lua"
        source = (folder / f"{name}.lua").read_text(encoding="utf-8")
        if shared:
            flags, _, body = source.partition("\n")
            source = "\n".join((flags, (folder / f"{shared}.lua").read_text(encoding="utf-8"), body))
        self._source = source
        self._digest = sha1(source.encode(), usedforsecurity=False).hexdigest()

    async def __call__(self, client: Client, keys: Iterable[str], args: Iterable[str | bytes | int]) -> Any:
        """Run the script.

        Args:
            client: where.
            keys: every key that it touches; on a cluster all in one slot.
            args: its further arguments.

        Raises:
            StreamUnavailable: the server is out of reach, out of memory, out of disk or read-only.
            GroupMissing: the script needs a consumer group that is gone.
        """
        names = tuple(keys)
        with server_call():
            try:
                return await client.execute_command("EVALSHA", self._digest, len(names), *names, *args)
            except NoScriptError:
                return await client.execute_command("EVAL", self._source, len(names), *names, *args)


PUBLISH = Script("publish")
COMPLETE = Script("complete")
CLAIM = Script("claim", shared="bury_entry")
BURY = Script("bury", shared="bury_entry")
PUT_BACK = Script("put_back")
RENEW = Script("renew")
JOIN = Script("join")
FORGET = Script("forget")
REPLAY = Script("replay")
