"""What a service needs to run, found in the metadata of this environment, which the constraints file pins."""

from collections.abc import Iterator
from importlib.metadata import Distribution, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def closure(root: str) -> dict[str, tuple[Distribution, set[str]]]:
    """Each distribution that `root` needs, itself first, by its name, and the names that it needs in turn.

    Raises:
        PackageNotFoundError: One of them is not installed.
    """
    found: dict[str, tuple[Distribution, set[str]]] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(root), "")]
    while waiting:
        name, extra = waiting.pop(0)
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        package, needs = found.setdefault(name, (distribution(name), set()))
        for requirement in _requirements(package, extra):
            needed = canonicalize_name(requirement.name)
            needs.add(needed)
            waiting += [(needed, more) for more in ("", *sorted(requirement.extras))]
    return found


def _requirements(package: Distribution, extra: str) -> Iterator[Requirement]:
    for text in package.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None:
            applies = not extra
        else:
            applies = requirement.marker.evaluate({"extra": extra})
            # Said once, for the distribution itself, if it does not depend on the extra.
            applies = applies and not (extra and requirement.marker.evaluate({"extra": ""}))
        if applies:
            yield requirement
