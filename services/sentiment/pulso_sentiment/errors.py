"""Errors of this service that a client may see beside those of the kit."""

from typing import ClassVar

from pulso_kit.errors import PulsoError


class TextNotScored(PulsoError):
    """The model failed on one text, also when it was alone: sending it again will not help."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "text-not-scored"


class NoEmbeddings(PulsoError):
    """The model that is loaded holds no vectors of words."""

    status: ClassVar[int] = 501
    slug: ClassVar[str] = "no-embeddings"


class ClientGone(PulsoError):
    """The client hung up before its answer was there: nobody reads this, but logs and metrics tell it."""

    status: ClassVar[int] = 408
    slug: ClassVar[str] = "client-gone"
