"""How a command tells that it could not do what was asked."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a script learns from `$?`."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    NOT_RUNNING = 3
    REFUSED = 4
    PARTIAL = 5


EXIT_CODES_HELP = (
    "Exit codes: 0 done · 1 failed · 2 wrong usage · 3 no stack runs there or it cannot be reached · "
    "4 refused (key, role or invalid input) · 5 done, but some rows were rejected."
)


class CommandFailed(Exception):
    """Ends the command with one clear sentence on stderr and the given code."""

    def __init__(self, sentence: str, code: ExitCode = ExitCode.FAILURE) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
