"""The `pulso` command."""

import sys

import typer

from pulso_cli.commands import (
    backup,
    dead,
    down,
    import_file,
    keys,
    load,
    predict,
    restore,
    sample,
    status,
    up,
)
from pulso_cli.failures import EXIT_CODES_HELP, CommandFailed, ExitCode

app = typer.Typer(
    name="pulso",
    help="Pulso: what people in Peru say about food, drinks, delivery and shops, and what is changing.",
    epilog=EXIT_CODES_HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("up")(up.up)
app.command("down")(down.down)
app.command("status")(status.status)
app.command("import")(import_file.import_file)
app.command("load")(load.load)
app.command("sample")(sample.sample)
app.command("predict")(predict.predict)
app.command("backup")(backup.backup)
app.command("restore")(restore.restore)
app.add_typer(dead.app, name="dead")
app.add_typer(keys.app, name="keys")


def main() -> None:
    """Runs the command line; a failure is one sentence on stderr and an exit code, never a traceback."""
    try:
        app()
    except CommandFailed as failure:
        print(f"pulso: {failure.sentence}", file=sys.stderr)  # noqa: T201
        sys.exit(failure.code)
    except BrokenPipeError:  # `pulso ... | head`
        sys.stderr.close()
        sys.exit(ExitCode.FAILURE)


if __name__ == "__main__":
    main()
