"""`python -m pulso_trends` serves; `python -m pulso_trends recount [--repair]` proves the roll-ups."""

import argparse
import asyncio
import json
from dataclasses import asdict

from pulso_kit.database import Database
from pulso_kit.server import load_settings, serve

from pulso_trends.app import build_app
from pulso_trends.settings import TrendsSettings
from pulso_trends.store.migrate import migrate
from pulso_trends.store.recount import Recount, recount


async def _recount(url: str, *, repair: bool) -> Recount:
    database = Database(url, application="pulso-trends-recount")
    try:
        await migrate(database)
        return await recount(database, repair=repair)
    finally:
        await database.close()


def main() -> int:
    """Serves, or recounts and prints a JSON object: status 1 when cells are wrong and were not repaired."""
    parser = argparse.ArgumentParser(prog="pulso_trends", description="Serve, or recount the roll-ups.")
    commands = parser.add_subparsers(dest="command")
    recounting = commands.add_parser("recount", help="compare the roll-ups with the items")
    recounting.add_argument("--repair", action="store_true", help="write what the items say")
    arguments = parser.parse_args()
    if arguments.command is None:
        serve("trends", TrendsSettings, build_app)
        return 0
    url = load_settings(TrendsSettings).database_url.get_secret_value()
    outcome = asyncio.run(_recount(url, repair=arguments.repair))
    print(json.dumps(asdict(outcome)))  # noqa: T201 - the answer of a command
    return 0 if outcome.repaired or not outcome.wrong_cells else 1


if __name__ == "__main__":
    raise SystemExit(main())
