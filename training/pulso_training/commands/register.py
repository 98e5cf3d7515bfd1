"""`pulso-train register` and `registry`: keep served models, unchanged, with all that they came from."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

REGISTRY = Path(".pulso/registry")
RegistryOption = Annotated[Path, typer.Option(envvar="PULSO_REGISTRY", help="Folder of the registry.")]

registry = typer.Typer(no_args_is_help=True, help="Look into the registry.")


def register(
    model: Annotated[Path, typer.Argument(help="Folder of a served model.")],
    registry: RegistryOption = REGISTRY,
    mlflow: Annotated[
        str, typer.Option(envvar="MLFLOW_TRACKING_URI", help="MLflow server that is told as well.")
    ] = "",
) -> None:
    """Copy a served model into the registry; the same one again changes nothing."""
    from pulso_training import tracking
    from pulso_training.registry import MODEL_FOLDER
    from pulso_training.registry import register as run

    if mlflow:
        tracking.client()
    entry, new = run(model, registry)
    folder = registry / entry.id / MODEL_FOLDER
    typer.echo(f"{entry.version} {'is registered' if new else 'was registered already'} in {folder}")
    if mlflow:
        told = tracking.track(entry, folder, mlflow)
        typer.echo("MLflow was told" if told else "MLflow knows it already")


@registry.command("list")
def list_entries(registry: RegistryOption = REGISTRY) -> None:
    """List the registered models, the latest last."""
    from pulso_training.registry import entries

    for entry in entries(registry):
        typer.echo(f"{entry.id}  {entry.registered_at}  {entry.version}")


@registry.command()
def show(
    name: Annotated[str, typer.Argument(help="Id of an entry, or how it begins.")],
    registry: RegistryOption = REGISTRY,
) -> None:
    """Print all that is known of an entry, after checking that nothing in it has changed."""
    from pulso_training.registry import show as run

    typer.echo(json.dumps(asdict(run(name, registry)), indent=2, ensure_ascii=False))
