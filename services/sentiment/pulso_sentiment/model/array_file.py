"""Arrays that lie beside the network in a model folder, as numpy writes them (`.npz`)."""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray


def read_arrays(path: Path, *names: str) -> dict[str, NDArray[np.float32]] | None:
    """Return the named arrays of a file; None where there is no such file.

    Raises:
        ValueError: when the file is not what it should be.
    """
    if not path.is_file():
        return None
    try:
        with np.load(path) as arrays:
            return {name: arrays[name].astype(np.float32) for name in names}
    except (BadZipFile, KeyError, TypeError, ValueError):
        raise ValueError(f"{path.parent.name}/{path.name} lacks {' or '.join(names)}") from None
