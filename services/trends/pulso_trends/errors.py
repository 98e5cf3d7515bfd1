"""What can go wrong in trends, in its own words; `api/` and `worker/` decide what follows from it."""


class InvalidQuery(Exception):
    """A question whose parameter `field` breaks a rule; `message` says which, without quoting the value."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class StoreUnavailable(Exception):
    """The database cannot be reached or is busy: nothing was changed, trying again later makes sense."""


class Unstorable(Exception):
    """The database refuses these values, and would refuse them again."""


class Overtaken(Exception):
    """What a page continues is no more: a newer look has taken its place."""


class TooManyFollowers(Exception):
    """The live feed has no place left."""
