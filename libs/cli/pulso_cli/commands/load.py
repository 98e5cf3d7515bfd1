"""`pulso load`."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import httpx
import typer
from pulso_contracts.feedback import MAX_BATCH_ITEMS
from pulso_contracts.trends import IndexStatus
from rich.table import Table

from pulso_cli.console import out, print_json, progress, rate
from pulso_cli.failures import CommandFailed, ExitCode
from pulso_cli.gateway import API, Gateway
from pulso_cli.options import DEFAULT_DATA_DIR, AsJson, DataDir, Key, Url
from pulso_cli.target import open_gateway

if TYPE_CHECKING:
    from pulso_cli.load import Drive, Figures, Outcome


def load(
    *,
    items: Annotated[float, typer.Option("--rate", min=0.1, max=100_000, help="Items a second.")] = 100.0,
    seconds: Annotated[float, typer.Option(min=1, max=86_400, help="For how long.")] = 60.0,
    batch: Annotated[int, typer.Option(min=1, max=MAX_BATCH_ITEMS, help="Items in a request.")] = 20,
    patience: Annotated[
        float, typer.Option(min=1, max=86_400, help="Seconds to wait at the end until all is in trends.")
    ] = 120.0,
    yes: Annotated[
        bool, typer.Option("--yes", help="Also where trends holds items already: they are mixed for good.")
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Drive a deployment by a given rate of made-up items, and tell what it made of them.

    Requests come when they are due, whatever becomes of those before. The items carry the source
    `load-test`, but count in trends like all others: meant for a deployment whose data may be thrown away.
    Exit code 5 when an item was refused, or not in trends in the end.
    """
    from pulso_cli.load import Drive, summary  # loads the phrase books

    with open_gateway(data_dir, url, key) as gateway:
        held = IndexStatus.model_validate(gateway.get("/trends/status")).items
        if held and not yes:
            raise CommandFailed(
                f"Trends at {gateway.url} holds {held:,} items, and a load test's would be mixed with them; "
                "--yes does it all the same.",
                ExitCode.USAGE,
            )
        outcome = asyncio.run(_drive(gateway, Drive(items, seconds, batch, patience)))
    figures = summary(outcome)
    if as_json:
        print_json(figures)
    else:
        _show(figures)
    if not outcome.clean:
        raise typer.Exit(ExitCode.PARTIAL)


async def _drive(gateway: Gateway, plan: "Drive") -> "Outcome":
    from pulso_cli.load import drive

    with progress() as bars:
        task = bars.add_task("Sending", total=round(plan.rate * plan.seconds), figures="")

        def tell(so_far: "Outcome") -> None:
            bars.update(task, completed=so_far.offered, figures=rate(bars, task, so_far.accepted, "accepted"))

        async with httpx.AsyncClient(
            base_url=gateway.url + API,
            headers=gateway.headers,
            timeout=httpx.Timeout(60.0, connect=5.0, pool=None),
            limits=httpx.Limits(max_connections=None),
        ) as client:
            return await drive(client, plan, tell)


def _show(figures: "Figures") -> None:
    table = Table(show_header=False)
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), _told(value))
    out.print(table)


def _told(value: "float | int | dict[str, int] | None") -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count:,} × {reason}" for reason, count in value.items()) or "0"
    return "–" if value is None else f"{value:,}"
