"""The title of a brief: its scope and its days."""

from pulso_contracts.insights import BriefLanguage, Scope

from pulso_insights.domain.period import Period
from pulso_insights.domain.rendering import spelled_day
from pulso_insights.domain.words import CHANNELS


def title(scope: Scope, period: Period, language: BriefLanguage) -> str:
    """Such as `Arequipa · Inca Kola: del 1 de octubre de 2026 al 31 de octubre de 2026`."""
    channel = None if scope.channel is None else CHANNELS[language][scope.channel]
    parts = [
        part for part in (scope.region or "Perú", scope.product, scope.product_category, channel) if part
    ]
    first, last = spelled_day(period.first, language), spelled_day(period.last, language)
    days = f"del {first} al {last}" if language is BriefLanguage.SPANISH else f"{first} to {last}"
    return f"{' · '.join(parts)}: {days}"
