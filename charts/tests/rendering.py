"""Charts rendered by Helm's own engine, and what tests ask of the manifests."""

from collections.abc import Iterator, Mapping
from functools import cache, reduce
from pathlib import Path
from typing import Any

import helm_python as helm
import yaml

CHARTS = Path(__file__).resolve().parents[1]
PULSO = CHARTS / "pulso"
SERVICES = ("gateway", "ingest", "sentiment", "trends", "insights")

Manifest = dict[str, Any]

OVERLAYS = CHARTS.parent / "k8s" / "overlays"
_PRODUCTION = OVERLAYS / "production" / "values.yaml"
VALUES: Mapping[str, tuple[Path, ...]] = {
    "defaults": (),
    "local": (OVERLAYS / "local" / "values.yaml",),
    "staging": (_PRODUCTION, OVERLAYS / "staging" / "values.yaml"),
    "production": (_PRODUCTION,),
    "everything": (CHARTS / "tests" / "values" / "everything.yaml",),
    "backup": (CHARTS / "tests" / "values" / "backup.yaml",),
}
"""The sets of values that are rendered, by name: the files of each, the last of which has the last word."""


def read(path: Path) -> dict[str, Any]:
    """A file of values."""
    return dict(yaml.safe_load(path.read_text("utf-8")))


def merged(values: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Both, as Helm merges the files of `--values`: maps by their keys, anything else is replaced."""
    both = {
        key: merged(values[key], over[key])
        for key in values.keys() & over.keys()
        if isinstance(over[key], dict)
    }
    return {**values, **over, **both}


def values_of(name: str) -> dict[str, Any]:
    """One of `VALUES`."""
    return reduce(merged, map(read, VALUES[name]), {})


@cache
def _umbrella() -> helm.Chart:
    return helm.Chart.load(PULSO)


def templates(
    values: Mapping[str, Any], *, namespace: str = "tastes", upgrade: bool = False
) -> dict[str, str]:
    """Each template's text, as `helm template pulso charts/pulso [--is-upgrade]` makes it.

    Raises:
        helm.HelmError: the values are refused.
    """
    chart = _umbrella()
    return dict(
        chart.render(
            dict(values), name="pulso", namespace=namespace, is_install=not upgrade, is_upgrade=upgrade
        )
    )


def render(values: Mapping[str, Any], *, upgrade: bool = False) -> list[Manifest]:
    """All manifests."""
    made = templates(values, upgrade=upgrade)
    texts = (text for path, text in made.items() if path.endswith(".yaml"))
    return [manifest for text in texts for manifest in yaml.safe_load_all(text) if manifest is not None]


@cache
def rendered(name: str) -> list[Manifest]:
    """All manifests of one of `VALUES` for an upgrade: it brings what an installation does, and more."""
    return render(values_of(name), upgrade=True)


def of_kind(manifests: list[Manifest], *kinds: str) -> list[Manifest]:
    """Those of these kinds."""
    return [manifest for manifest in manifests if manifest["kind"] in kinds]


def named(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    """The one of this kind and name."""
    (found,) = (one for one in of_kind(manifests, kind) if one["metadata"]["name"] == name)
    return found


def pods(manifests: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """Every pod's component and `{metadata, spec}`."""
    for manifest in manifests:
        if manifest["kind"] == "Pod":
            yield component_of(manifest), manifest
        elif manifest["kind"] in {"Deployment", "StatefulSet", "Job"}:
            yield component_of(manifest), manifest["spec"]["template"]
        elif manifest["kind"] == "CronJob":
            yield component_of(manifest), manifest["spec"]["jobTemplate"]["spec"]["template"]


def component_of(manifest: Manifest) -> str:
    """The component that an object belongs to."""
    return str(manifest["metadata"]["labels"]["app.kubernetes.io/component"])


def containers(manifests: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """Every container with its component."""
    for component, pod in pods(manifests):
        for container in (*pod["spec"]["containers"], *pod["spec"].get("initContainers", ())):
            yield component, container
