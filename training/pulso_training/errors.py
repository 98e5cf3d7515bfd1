"""What stops a command: said in one sentence to the person at the terminal."""


class InputError(Exception):
    """What was given, or the place to write to, does not allow to go on; the text is one sentence."""
