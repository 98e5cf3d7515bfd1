"""`POST /embeddings`: what words mean, for other services; the gateway does not know it."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from pulso_contracts.scoring import Embeddings, EmbeddingsRequest

from pulso_sentiment.api.dependencies import loaded_model
from pulso_sentiment.errors import NoEmbeddings
from pulso_sentiment.model import Model, NoWordVectors

router = APIRouter(tags=["embeddings"])

_DECIMALS: Final = 6
_ONE_AT_A_TIME: Final = asyncio.Semaphore(1)
"""Scoring comes first: whoever groups terms can wait."""


@router.post("/embeddings", summary="Vectors of words")
async def embed_texts(body: EmbeddingsRequest, model: Annotated[Model, Depends(loaded_model)]) -> Embeddings:
    """Return a vector for each of up to 256 words or phrases, from the model that scores.

    The network is not run: a text's vector is the mean of the input embeddings of its pieces.
    """
    try:
        async with _ONE_AT_A_TIME:
            vectors = await asyncio.to_thread(model.embed, body.texts)
    except NoWordVectors as error:
        raise NoEmbeddings("The model that is loaded holds no vectors of words.") from error
    return Embeddings.model_construct(
        model_version=model.card.version,
        dimensions=vectors.shape[1],
        embeddings=vectors.astype(float).round(_DECIMALS).tolist(),
    )
