"""From what a customer typed as region to a department of Peru, or to none: never to a wrong one."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from pulso_contracts.peru.departments import BY_UBIGEO, DEPARTMENTS, Department
from pulso_contracts.peru.spelling import fold, one_slip_apart, sound

LONGEST_VALUE = 120
"""Characters; nothing longer names a place, and nothing longer is looked at."""

# A slip in a shorter word too often makes another word: Puno, puna; Salta is not Santa.
_SHORTEST_MISSPELT_DEPARTMENT = 5
_SHORTEST_MISSPELT_PLACE = 7

_CODE = re.compile(r"[0-9]{1,6}")
_SEPARATORS = re.compile(r"[,;/|()\[\]>]| [-\u2013\u2014] ")
_FILLER = re.compile(
    r"^(?:dpto|dept|depto|departamento|department|region|gobierno regional|provincia|province|"
    r"ciudad|city|distrito)(?: del?| of)? | (?:peru|pe|region|department|province)$"
)


class _Gazetteer:
    """Look-up tables over departments.py and places.toml."""

    def __init__(self) -> None:
        source = files("pulso_contracts.peru").joinpath("places.toml").read_text(encoding="utf-8")
        data = tomllib.loads(source)
        self.codes: dict[str, Department] = {}
        self.whole: dict[str, Department] = {
            "pe lma": BY_UBIGEO["15"]
        }  # ISO has a second code for Lima's metropolis
        owners: dict[str, set[str]] = defaultdict(set)
        for department in DEPARTMENTS:
            ubigeo, entry = department.ubigeo, data[department.ubigeo]
            for name in (department.name, department.iso, *entry.get("aliases", ())):
                self.whole[fold(name)] = department
            for number in range(len(entry["provinces"]) + 1):
                self.codes[f"{ubigeo}{number:02d}"] = department
            for name in (department.capital, *entry["provinces"], *entry["places"]):
                owners[fold(name)].add(ubigeo)
        for name in self.whole:  # a department hides the province of its name elsewhere: Ucayali, in Loreto
            owners.pop(name, None)
        self.ambiguous = {name for name, ids in owners.items() if len(ids) > 1} | set(
            map(fold, data["namesakes"])
        )
        self.places = {
            name: BY_UBIGEO[min(ids)] for name, ids in owners.items() if name not in self.ambiguous
        }
        self._by_sound: dict[str, set[Department | None]] = defaultdict(set)
        self._by_length: dict[int, list[tuple[str, Department | None]]] = defaultdict(list)
        self._index(self.whole.items(), _SHORTEST_MISSPELT_DEPARTMENT)
        self._index(self.places.items(), _SHORTEST_MISSPELT_PLACE)
        self._index(((name, None) for name in self.ambiguous), _SHORTEST_MISSPELT_PLACE)

    def _index(self, names: Iterable[tuple[str, Department | None]], shortest: int) -> None:
        for name, department in names:
            spoken = sound(name)
            self._by_sound[spoken].add(department)
            for form in {name.replace(" ", ""), spoken}:
                if len(form) >= shortest:
                    self._by_length[len(form)].append((form, department))

    def misspelt(self, folded: str) -> Department | None:
        """The department of names that sound the same, else of those one slip away; none when two compete."""
        spoken = sound(folded)
        found = self._by_sound.get(spoken) if len(spoken) > 3 else set()
        if found is None:
            found = {
                department
                for word in {folded.replace(" ", ""), spoken}
                for length in (len(word) - 1, len(word), len(word) + 1)
                for form, department in self._by_length.get(length, ())
                # One slip leaves the first or the last letter: a cheap test that rules out most of the names.
                if (word[0] == form[0] or word[-1] == form[-1]) and one_slip_apart(word, form)
            }
        return next(iter(found)) if len(found) == 1 else None


_GAZETTEER = _Gazetteer()


def resolve_department(value: str) -> Department | None:
    """Find the department that a free text names, whatever its case, accents and spacing.

    Understood are names and aliases ("Cuzco", "Lima Metropolitana"), provinces, capitals, well-known cities
    and districts, misspellings by sound or by one slip, lists such as "Miraflores, Arequipa", INEI ubigeo
    codes of a department, province or district (a lost leading zero is put back), and ISO 3166-2 codes.

    Returns:
        The department, or None for what is unknown, ambiguous or longer than `LONGEST_VALUE`.
    """
    return _resolve(value) if len(value) <= LONGEST_VALUE else None


@lru_cache(maxsize=8192)
def _resolve(value: str) -> Department | None:
    if _CODE.fullmatch(digits := value.strip()):
        return _GAZETTEER.codes.get(digits.zfill(len(digits) + len(digits) % 2).ljust(4, "0")[:4])
    if found := _by_name(fold(value)):
        return found
    parts = [folded for part in _SEPARATORS.split(value) if (folded := fold(part))]
    found_in_parts = {whole for part in parts if (whole := _GAZETTEER.whole.get(_bare(part)))}
    if not found_in_parts and len(parts) > 1:
        found_in_parts = {place for part in parts if (place := _by_name(part))}
    return found_in_parts.pop() if len(found_in_parts) == 1 else None


def _by_name(folded: str) -> Department | None:
    bare = _bare(folded)
    for name in (folded, bare):
        if name in _GAZETTEER.ambiguous:
            return None
        if found := _GAZETTEER.whole.get(name) or _GAZETTEER.places.get(name):
            return found
    return _GAZETTEER.misspelt(bare)


def _bare(folded: str) -> str:
    """Without "departamento de", "Perú" and the like around the name."""
    return _FILLER.sub("", _FILLER.sub("", folded))
