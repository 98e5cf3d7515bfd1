"""Names and labels that code puts into briefs, in both languages."""

from collections.abc import Mapping
from typing import Final

from pulso_contracts.feedback import Channel
from pulso_contracts.insights import BriefLanguage
from pulso_contracts.peru import MacroRegion
from pulso_contracts.scoring import Aspect

SPANISH, ENGLISH = BriefLanguage.SPANISH, BriefLanguage.ENGLISH

LABELS: Final[Mapping[BriefLanguage, Mapping[str, str]]] = {
    SPANISH: {
        "first_day": "primer día",
        "last_day": "último día",
        "days": "días del período",
        "count": "total del período",
        "count_before": "total del período anterior",
        "change": "cambio del total",
        "negative": "negativos",
        "positive": "positivos",
        "negative_before": "negativos del período anterior",
        "positive_before": "positivos del período anterior",
        "negative_share": "parte negativa",
        "positive_share": "parte positiva",
        "negative_share_before": "parte negativa del período anterior",
        "positive_share_before": "parte positiva del período anterior",
        "negative_points": "cambio de la parte negativa",
        "positive_points": "cambio de la parte positiva",
        "example_negative": "comentario negativo",
        "example_positive": "comentario positivo",
        "last_looked_at": "último día que se miró",
        "heard": "comentarios de los últimos días",
        "usual": "lo que sería usual en esos días",
        "looked_at_days": "días que se comparan",
        "false_share": "parte de los cambios que puede ser azar, a lo sumo",
    },
    ENGLISH: {
        "first_day": "first day",
        "last_day": "last day",
        "days": "days of the period",
        "count": "total of the period",
        "count_before": "total of the period before",
        "change": "change of the total",
        "negative": "negative ones",
        "positive": "positive ones",
        "negative_before": "negative ones of the period before",
        "positive_before": "positive ones of the period before",
        "negative_share": "negative share",
        "positive_share": "positive share",
        "negative_share_before": "negative share of the period before",
        "positive_share_before": "positive share of the period before",
        "negative_points": "change of the negative share",
        "positive_points": "change of the positive share",
        "example_negative": "negative comment",
        "example_positive": "positive comment",
        "last_looked_at": "last day that was looked at",
        "heard": "comments of the last days",
        "usual": "what would be usual in these days",
        "looked_at_days": "days that are compared",
        "false_share": "share of changes that may be chance, at most",
    },
}

CHANNELS: Final[Mapping[BriefLanguage, Mapping[Channel, str]]] = {
    SPANISH: {
        Channel.SURVEY: "encuestas",
        Channel.SOCIAL_MEDIA: "redes sociales",
        Channel.EMAIL: "correo",
        Channel.CHAT: "chat",
        Channel.REVIEW: "reseñas",
        Channel.MARKET: "mercados",
        Channel.OTHER: "otros canales",
    },
    ENGLISH: {
        Channel.SURVEY: "surveys",
        Channel.SOCIAL_MEDIA: "social media",
        Channel.EMAIL: "e-mail",
        Channel.CHAT: "chat",
        Channel.REVIEW: "reviews",
        Channel.MARKET: "markets",
        Channel.OTHER: "other channels",
    },
}

ASPECTS: Final[Mapping[BriefLanguage, Mapping[Aspect, str]]] = {
    SPANISH: {
        Aspect.SABOR: "sabor",
        Aspect.PRECIO: "precio",
        Aspect.TAMANO: "tamaño",
        Aspect.TEMPERATURA: "temperatura",
        Aspect.EMPAQUE: "empaque",
        Aspect.ENTREGA: "entrega",
        Aspect.ATENCION: "atención",
        Aspect.LIMPIEZA: "limpieza",
        Aspect.APLICACION: "aplicación",
        Aspect.PAGO: "pago",
        Aspect.DISPONIBILIDAD: "disponibilidad",
    },
    ENGLISH: {
        Aspect.SABOR: "taste",
        Aspect.PRECIO: "price",
        Aspect.TAMANO: "size",
        Aspect.TEMPERATURA: "temperature",
        Aspect.EMPAQUE: "packaging",
        Aspect.ENTREGA: "delivery",
        Aspect.ATENCION: "service",
        Aspect.LIMPIEZA: "cleanliness",
        Aspect.APLICACION: "app",
        Aspect.PAGO: "payment",
        Aspect.DISPONIBILIDAD: "availability",
    },
}

REGIONS: Final[Mapping[BriefLanguage, Mapping[str, str]]] = {
    SPANISH: {MacroRegion.COAST: "costa", MacroRegion.HIGHLANDS: "sierra", MacroRegion.JUNGLE: "selva"},
    ENGLISH: {MacroRegion.COAST: "coast", MacroRegion.HIGHLANDS: "highlands", MacroRegion.JUNGLE: "jungle"},
}

MONTHS: Final[Mapping[BriefLanguage, tuple[str, ...]]] = {
    SPANISH: (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre"),
    ),
    ENGLISH: (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
"""Peru writes setiembre."""


def spelled(word: str, kind: str, language: BriefLanguage) -> str:
    """How a group is called: channels, aspects and natural regions are worded, others have names."""
    if kind == "channel":
        return CHANNELS[language][Channel(word)]
    if kind == "aspect":
        return ASPECTS[language][Aspect(word)]
    if kind == "place":
        return REGIONS[language].get(word, word)
    return word
