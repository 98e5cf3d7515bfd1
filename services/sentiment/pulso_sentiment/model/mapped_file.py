"""The memory of a file that a library has mapped and read once."""

import ctypes
import mmap
from pathlib import Path

_MAPS = Path("/proc/self/maps")


def release_pages(file: Path) -> None:
    """Give back the pages of all read-only mappings of a file; one that is read again comes back by itself.

    OpenVINO maps the weights and keeps the mapping for the table of words: the matrices, 42 MB, of which it
    has made copies in an order of its own, would count as this process's memory for good. Does nothing but on
    Linux.
    """
    try:
        mappings = _MAPS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    advise = ctypes.CDLL(None).madvise
    advise.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    for mapping in mappings:
        # start-end, permissions, offset, device, inode, path: https://man7.org/linux/man-pages/man5/proc_pid_maps.5.html
        span, permissions, _, _, _, *path = mapping.split(maxsplit=5)
        if path == [str(file.resolve())] and permissions.startswith("r--"):
            start, end = (int(place, 16) for place in span.split("-"))
            advise(start, end - start, mmap.MADV_DONTNEED)
