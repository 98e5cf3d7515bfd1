"""`pulso keys`: who may use the API."""

from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table

from pulso_cli.console import err, out, print_json
from pulso_cli.failures import EXIT_CODES_HELP
from pulso_cli.options import DEFAULT_DATA_DIR, AsJson, DataDir, Key, Url
from pulso_cli.target import open_gateway

app = typer.Typer(help="Create, list and revoke API keys.", no_args_is_help=True, epilog=EXIT_CODES_HELP)


class Role(StrEnum):
    """What a key may do."""

    ADMIN = "admin"
    WRITER = "writer"
    READER = "reader"


@app.command()
def create(
    *,
    name: Annotated[str, typer.Argument(help="For whom or what it is.")],
    role: Annotated[Role, typer.Option(help="admin: all · writer: send feedback · reader: ask")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Create a key and print it; it is shown this once."""
    with open_gateway(data_dir, url, key) as gateway:
        made = gateway.post("/keys", {"name": name, "role": role.value})
    if as_json:
        print_json(made)
        return
    err.print(f"Key {made['id']} for {name} ({role}); keep it, it cannot be shown again:")
    out.print(made["key"], soft_wrap=True, highlight=False)


@app.command("list")
def list_keys(
    data_dir: DataDir = DEFAULT_DATA_DIR, url: Url = None, key: Key = None, as_json: AsJson = False
) -> None:
    """List the keys, without their secrets."""
    with open_gateway(data_dir, url, key) as gateway:
        keys: list[dict[str, Any]] = list(gateway.pages("/keys"))
    if as_json:
        print_json(keys)
        return
    table = Table("Id", "Name", "Role", "Created", "Last used", "Revoked")
    for each in keys:
        times = (each.get(field) or "" for field in ("created_at", "last_used_at", "revoked_at"))
        table.add_row(
            each["id"], each["name"], each["role"], *(time[:16].replace("T", " ") for time in times)
        )
    out.print(table)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="The id shown by `pulso keys list`.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    url: Url = None,
    key: Key = None,
) -> None:
    """Revoke a key: from now on it is refused."""
    with open_gateway(data_dir, url, key) as gateway:
        gateway.delete(f"/keys/{key_id}")
    err.print(f"Key {key_id} is revoked.")
