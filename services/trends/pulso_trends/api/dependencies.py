"""What endpoints are given: the store's database, the live tail, the stream."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from pulso_kit.database import Database
from pulso_streams import Client, Stream

from pulso_trends.settings import TrendsSettings
from pulso_trends.source.confusion import ModelConfusion
from pulso_trends.store.tail import Tail
from pulso_trends.store.taxonomy import TaxonomyInUse


@dataclass(frozen=True, slots=True)
class Resources:
    """What the process holds open while it serves."""

    settings: TrendsSettings
    database: Database
    taxonomy: TaxonomyInUse
    confusion: ModelConfusion
    tail: Tail
    stream_client: Client
    stream: Stream


def _resources(request: Request) -> Resources:
    return cast("Resources", request.app.state.resources)


def _database(resources: Annotated[Resources, Depends(_resources)]) -> Database:
    return resources.database


ResourcesDep = Annotated[Resources, Depends(_resources)]
DatabaseDep = Annotated[Database, Depends(_database)]
