"""The bill of one image."""

from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path
from typing import Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from sbom.closure import closure

ROOT: Final = Path(__file__).resolve().parents[1]
MODEL: Final = ROOT / "models" / "default"
_LONGEST_NAME: Final = 80
"""Some packages put a whole licence where its name should be."""


def bill(service: str) -> Bom:
    """Python packages of a service with their licences, the base of its image, and the model if it has one.

    The base's own packages are not in it: they are those of the digest that a build is made from, and every
    scanner reads them from the image (`/var/lib/dpkg/status`).
    """
    packages = closure(f"pulso-{service}")
    components = {name: _package(name, package) for name, (package, _) in packages.items()}
    root = components.pop(f"pulso-{service}")
    root.type = ComponentType.APPLICATION
    bom = Bom()
    bom.metadata.component = root
    bom.components.update(components.values())
    base = Component(name="python", version="3.11-slim", type=ComponentType.CONTAINER, bom_ref="base")
    bom.components.add(base)
    extra = [base]
    if service == "sentiment":
        extra += _model()
        bom.components.update(extra[1:])
    named = {**components, f"pulso-{service}": root}
    for name, (_, needs) in packages.items():
        bom.register_dependency(named[name], [named[needed] for needed in sorted(needs)])
    bom.register_dependency(root, extra)
    return bom


def text_of(bom: Bom) -> str:
    """As JSON of CycloneDX 1.6, the same each time but for its number and date."""
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _package(name: str, package: Distribution) -> Component:
    ours = name.startswith("pulso-")
    return Component(
        name=name,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=name,
        purl=None if ours else PackageURL("pypi", name=name, version=package.version),
        description=_said(package, "Summary"),
        licenses=_licenses(package),
    )


def _licenses(package: Distribution) -> list[License]:
    """As an SPDX expression if the package says one, else by the names it gives."""
    licenses = LicenseFactory()
    expression = _said(package, "License-Expression")
    if expression:
        return [licenses.make_from_string(expression)]
    classified = [
        text.rpartition(" :: ")[2]
        for text in package.metadata.get_all("Classifier", ())
        if text.startswith("License :: ") and not text.endswith("OSI Approved")
    ]
    written = _said(package, "License")
    if written and "\n" not in written and len(written) <= _LONGEST_NAME:
        return [licenses.make_from_string(written)]
    return [licenses.make_from_string(text) for text in sorted(classified)]


def _said(package: Distribution, field: str) -> str:
    return str((package.metadata.get_all(field) or [""])[0])


def _model() -> list[Component]:
    """Each file of the model that ships, by its checksum."""
    return [
        Component(
            name=f"models/default/{name}",
            type=ComponentType.MACHINE_LEARNING_MODEL if name == "model.bin" else ComponentType.FILE,
            bom_ref=f"models/default/{name}",
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
        )
        for digest, name in _checksums()
    ]


def _checksums() -> Iterator[tuple[str, str]]:
    for line in (MODEL / "SHA256SUMS").read_text("ascii").splitlines():
        digest, _, name = line.partition("  ")
        yield digest, name
