"""The tables that `bench.trends_speed` fills in bulk are those that the indexer writes."""

from functools import partial

import pytest
from pulso_contracts.emerging import ConceptKind
from pulso_trends.domain.concepts import Concept

from bench.trends_speed.growth import differing_tables, new_file, new_schema

pytestmark = pytest.mark.shared


@pytest.fixture(params=["sqlite", "postgresql"])
def new(request):
    if request.param == "sqlite":
        return new_file
    return partial(new_schema, request.getfixturevalue("postgres"))


async def test_what_is_filled_in_bulk_is_what_the_indexer_writes(new):
    terms = [Concept("term_vista", ConceptKind.TERM, "vista", "vista")]
    assert await differing_tables(new, terms, items=1_200) == []
