"""A report as lines for a terminal."""

from collections.abc import Iterator, Mapping

from pulso_training.evaluate.report import Report, Sheet
from pulso_training.evaluate.scores import Scores

_WIDTH = 24


def table(report: Report) -> list[str]:
    """Return one line per group, the headline last."""
    lines = list(_sheet("sentiment", report.sentiment)) + list(_sheet("emotion", report.emotion))
    lines += [
        f"mean macro-F1 over the {name.capitalize()} sources: {value:.3f}"
        for name, value in report.headline.items()
    ]
    return lines


def comparison(reports: Mapping[str, Report]) -> list[str]:
    """Return the macro-F1 of several models side by side, by source, the headline last."""
    lines = [f"{'macro-F1':{_WIDTH}}" + "".join(f"{name:>20}" for name in reports)]
    sources = {name: None for report in reports.values() for name in _sources(report)}
    for source in sources:
        cells = "".join(_cell(_sources(report).get(source)) for report in reports.values())
        lines.append(f"{source:{_WIDTH}}{cells}")
    for name in ("spanish", "peruvian"):
        cells = "".join(_cell(report.headline.get(name)) for report in reports.values())
        lines.append(f"{f'mean, {name} sources':{_WIDTH}}{cells}")
    return lines


def _sources(report: Report) -> dict[str, float]:
    if report.sentiment is None:
        return {}
    return {name: scores.macro_f1 for name, scores in report.sentiment.groups["source"].items()}


def _cell(value: float | None) -> str:
    return f"{'-' if value is None else format(value, '.3f'):>20}"


def _sheet(task: str, sheet: Sheet | None) -> Iterator[str]:
    if sheet is None:
        return
    for kind, groups in sheet.groups.items():
        yield f"{task} by {kind}"
        for name, scores in groups.items():
            yield _line(name, scores)
    yield f"{task}, all texts"
    yield _line("", sheet.overall)


def _line(name: str, scores: Scores) -> str:
    each = "  ".join(f"{label} {value:.2f}" for label, value in scores.f1.items())
    return (
        f"  {name:{_WIDTH}} {scores.texts:7,} texts  macro-F1 {scores.macro_f1:.3f}  "
        f"accuracy {scores.accuracy:.3f}  ECE {scores.calibration_error:.3f}  {each}"
    )
