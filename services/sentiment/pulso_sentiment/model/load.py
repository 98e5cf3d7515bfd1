"""Which model `PULSO_MODEL` means."""

from pathlib import Path

from pulso_sentiment.model.base import Model, ModelError
from pulso_sentiment.model.card import CARD_FILE
from pulso_sentiment.model.dummy import DummyModel


def load_model(name: str, *, int8: bool = False) -> Model:
    """Load `dummy`, a folder with a `model.json`, or a transformers folder or hub id.

    Args:
        name: One of these.
        int8: Whether a folder with a `model.json` is computed in int8 where that is faster; others ignore it.

    Raises:
        ModelError: with the reason, in one sentence.
    """
    if name == "dummy":
        return DummyModel()
    folder = Path(name)
    if (folder / CARD_FILE).is_file():
        from pulso_sentiment.model.openvino_runtime import OpenVinoModel

        return OpenVinoModel(folder, int8=int8)
    if folder.is_dir() and not (folder / "config.json").is_file():
        raise ModelError(f"{name} holds neither {CARD_FILE} nor a transformers config.json")
    if not folder.is_dir() and name.count("/") != 1:
        raise ModelError(f"{name} is neither a model folder nor a hub id such as owner/name")
    try:
        from pulso_sentiment.model.torch_runtime import TorchModel
    except ModuleNotFoundError as error:
        raise ModelError(f"{name} needs the torch backend: install pulso-sentiment[torch]") from error
    return TorchModel(name)
