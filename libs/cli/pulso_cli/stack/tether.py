"""Becomes another program that the kernel kills when the process that started it is gone.

Run as `python -I -S tether.py <pid of the parent> <program> [argument ...]`. So no process of a stack is left
when `pulso up` itself is killed with SIGKILL and can stop nothing any more. Linux only: elsewhere the program
just runs. A program of its own, because code between fork and exec is unsafe in a process with threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ties this process to its parent and replaces it with the program."""
    parent = int(sys.argv[1])
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the parent died before the tie was made
            sys.exit(1)
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - the supervisor's own command, no shell


if __name__ == "__main__":
    main()
