"""Which column of a file is which field."""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from pulso_contracts.feedback import FeedbackIn

from pulso_ingest.domain.normalise import normalise
from pulso_ingest.domain.redact import redact

METADATA: Final = "metadata"
METADATA_PREFIX: Final = "metadata."
FIELDS: Final = frozenset(FeedbackIn.model_fields)
LONGEST_NAME_SHOWN: Final = 60
MOST_NAMES_SHOWN: Final = 30

_NOT_A_WORD: Final = re.compile(r"[^a-z0-9.]+")
_ALIASES: Final[dict[str, tuple[str, int]]] = {
    alias: (name, rank)
    for name, aliases in tomllib.loads(
        files("pulso_ingest.domain").joinpath("column_aliases.toml").read_text(encoding="utf-8")
    ).items()
    for rank, alias in enumerate(aliases.split())
}


class BadColumns(ValueError):
    """The columns do not make items; the message names them, redacted."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where each field is found.

    Attributes:
        fields: The index of the column of each field; metadata keys as `metadata.<key>`.
        ignored: Names of the columns that are no field, as they may be shown.
    """

    fields: Mapping[str, int]
    ignored: tuple[str, ...]


def fold_name(name: str) -> str:
    """A column's name in lower case, without accents, with `_` for everything else."""
    decomposed = unicodedata.normalize("NFKD", name.strip().casefold())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _NOT_A_WORD.sub("_", plain).strip("_")


def is_target(field: str) -> bool:
    """Whether a column may be mapped to `field`: a field of feedback, or `metadata.<key>`."""
    if field.startswith(METADATA_PREFIX):
        return field != METADATA_PREFIX
    return field in FIELDS and field != METADATA


def shown(name: str) -> str:
    """A name or value from a file, fit to be kept and shown: it may be personal data in the wrong place."""
    return redact(normalise(name[: 4 * LONGEST_NAME_SHOWN]))[0][:LONGEST_NAME_SHOWN]


def plan_columns(names: Sequence[str], mapping: Mapping[str, str]) -> Plan:
    """Finds the fields among the columns: by the caller's mapping first, then by our names and their aliases.

    Args:
        names: The columns as the file calls them.
        mapping: Folded name of a column to field, from the caller.

    Raises:
        BadColumns: Two columns have one name, or are mapped to one field.
    """
    folded = [fold_name(name) for name in names]
    counts = Counter(folded)
    repeated = sorted(shown(name) for name, times in counts.items() if name and times > 1)
    if repeated:
        raise BadColumns(f"These columns occur more than once: {_listed(repeated)}.")
    fields: dict[str, int] = {}
    for index, plain in enumerate(folded):
        if (field := mapping.get(plain)) is not None:
            if field in fields:
                raise BadColumns(f"Two columns are mapped to {field}.")
            fields[field] = index
    ranks: dict[str, int] = {}
    for index, plain in enumerate(folded):
        field, rank = (METADATA, 0) if plain == METADATA else _ALIASES.get(plain, (None, 0))
        if field is None or plain in mapping or (field in fields and field not in ranks):
            continue
        if field not in ranks or rank < ranks[field]:
            fields[field], ranks[field] = index, rank
    taken = set(fields.values())
    ignored = tuple(shown(name) for index, name in enumerate(names) if index not in taken and folded[index])
    return Plan(fields, ignored)


def require_columns(
    plan: Plan, names: Sequence[str], mapping: Mapping[str, str], *, has_channel: bool
) -> None:
    """Refuses a table that cannot make one valid item.

    Raises:
        BadColumns: Saying what is missing, what was found, and how to mend it.
    """
    found = f"Found: {_listed([shown(name) for name in names])}."
    absent = sorted(set(mapping) - {fold_name(name) for name in names})
    if absent:
        raise BadColumns(f"No column is called {_listed([shown(name) for name in absent])}. {found}")
    if "text" not in plan.fields:
        raise BadColumns(f"No column holds the text. {found} Name it with map=<column>=text.")
    if "channel" not in plan.fields and not has_channel:
        raise BadColumns(f"No column holds the channel. {found} Give channel=<channel> for the whole file.")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES_SHOWN} more" if len(names) > MOST_NAMES_SHOWN else ""
    return ", ".join(f"“{name}”" for name in names[:MOST_NAMES_SHOWN]) + more
