"""`pulso-train`: build, fine-tune, search, judge, export and register models."""

import typer

from pulso_training.commands.base import base
from pulso_training.commands.blend import blend
from pulso_training.commands.calibrate import calibrate
from pulso_training.commands.cross_validate import cross_validate
from pulso_training.commands.distil import distil
from pulso_training.commands.evaluate import evaluate
from pulso_training.commands.export import export
from pulso_training.commands.fit import fit
from pulso_training.commands.pretrain import pretrain
from pulso_training.commands.refit import refit
from pulso_training.commands.register import register, registry
from pulso_training.commands.reopen import reopen
from pulso_training.commands.tune import tune
from pulso_training.commands.usual_weights import usual_weights
from pulso_training.errors import InputError

BAD_INPUT = 2

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for command in (
    base, pretrain, fit, distil, blend, refit, tune, evaluate, calibrate, export, reopen, register,
):  # fmt: skip
    app.command()(command)
app.command("cross-validate")(cross_validate)
app.command("usual-weights")(usual_weights)
app.add_typer(registry, name="registry")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; what stops a command is one sentence, and the status 2."""
    try:
        app(arguments)
    except InputError as error:
        _stop(str(error))
    except OSError as error:
        _stop(f"{error.filename or 'writing'}: {error.strerror or error}")


def _stop(reason: str) -> None:
    typer.echo(f"pulso-train: {' '.join(reason.split())}", err=True)
    raise SystemExit(BAD_INPUT)


if __name__ == "__main__":
    main()
