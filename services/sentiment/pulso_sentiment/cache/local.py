"""The answers that this process keeps."""

from collections import OrderedDict

from pulso_sentiment.domain.reading import Opinion


class RecentOpinions:
    """At most `size` opinions by key; the one that was longest not used makes room for a new one."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._opinions: OrderedDict[bytes, Opinion] = OrderedDict()

    def __len__(self) -> int:
        return len(self._opinions)

    def find(self, key: bytes) -> Opinion | None:
        """Return the opinion kept under `key`, which counts as a use of it."""
        opinion = self._opinions.get(key)
        if opinion is not None:
            self._opinions.move_to_end(key)
        return opinion

    def keep(self, key: bytes, opinion: Opinion) -> None:
        """Keep an opinion, in place of what was kept under `key`."""
        self._opinions[key] = opinion
        self._opinions.move_to_end(key)
        if len(self._opinions) > self._size:
            self._opinions.popitem(last=False)
