"""The questions, each answered by the service's own endpoint; only what HTTP adds is left out."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

from fastapi import Request, Response
from pulso_contracts.emerging import TrendStatus
from pulso_contracts.ratings import RatingGroup
from pulso_contracts.trends import Bucket, GroupBy
from pulso_kit.database import Database
from pulso_kit.listing import AnswerForm
from pulso_trends.api.emerging import emerging
from pulso_trends.api.ratings import ratings
from pulso_trends.api.trends import sentiment
from pulso_trends.domain.filters import Filters
from pulso_trends.domain.shares import Correction
from pulso_trends.store.taxonomy import TaxonomyInUse

from bench.trends_speed.crowd import NOW

EMERGING: Final = "emerging, 100 trends of all places"
CORRECTION: Final = Correction("bench", {"all": [[700, 200, 100], [150, 650, 200], [50, 150, 800]]})

Ask = Callable[[], Awaitable[Any]]


def questions(database: Database) -> dict[str, Ask]:
    """Return them by their names."""
    form = AnswerForm(Request({"type": "http", "headers": [], "query_string": b""}), Response())
    resources: Any = SimpleNamespace(
        database=database, taxonomy=TaxonomyInUse(), confusion=SimpleNamespace(correction=CORRECTION)
    )
    moments = NOW - timedelta(days=90), NOW

    def series(bucket: Bucket, group_by: GroupBy | None = None, **filters: tuple[str, ...]) -> Ask:
        asked: dict[str, Any] = {"bucket": bucket, "group_by": group_by, "filters": Filters(**filters)}  # type: ignore[arg-type]
        return lambda: sentiment(form=form, resources=resources, moments=moments, limit=25, **asked)

    rated = partial(ratings, form=form, database=database, moments=moments, filters=Filters(), limit=25)
    return {
        "90 days": series(Bucket.DAY),
        "90 days by department, weekly": series(Bucket.WEEK, GroupBy.REGION),
        "Lima by channel, weekly": series(Bucket.WEEK, GroupBy.CHANNEL, regions=("Lima",)),
        "one product, daily": series(Bucket.DAY, products=("product 7",)),
        "ratings by department, weekly": partial(rated, bucket=Bucket.WEEK, group_by=RatingGroup.REGION),
        EMERGING: lambda: emerging(
            form=form, resources=resources, places=(), status=list(TrendStatus), explained=True, limit=100
        ),
    }
