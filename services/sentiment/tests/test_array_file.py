from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pulso_sentiment.model.known_texts import read_known_texts
from pulso_sentiment.model.usual_weights import read_usual_weights


@pytest.mark.parametrize("content", [b"no zip", None])
@pytest.mark.parametrize(
    ("read", "name", "lacks"),
    [
        (read_known_texts, "domain.npz", "mean or whitening or limit"),
        (read_usual_weights, "usual_weights.npz", "direction"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(
    read: Callable[[Path], object], name: str, lacks: str, content: bytes | None, tmp_path: Path
):
    if content is None:
        np.savez(tmp_path / name, mean=np.zeros(4))
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=rf"/{name} lacks {lacks}"):
        read(tmp_path)


def test_a_limit_is_one_number(tmp_path: Path):
    np.savez(tmp_path / "domain.npz", mean=np.zeros(4), whitening=np.eye(4), limit=np.zeros(2))
    with pytest.raises(ValueError, match="size 1"):
        read_known_texts(tmp_path)
