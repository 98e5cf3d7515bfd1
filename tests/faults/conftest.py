"""A stack for the rounds of a kind, kept while they last."""

from collections.abc import Iterator

import pytest

from tests.faults.stack import Stack
from tests.fixtures.postgres import PostgresServer


@pytest.fixture(scope="module")
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`<database>-<model>` as the parameter."""
    database, _, model = request.param.partition("-")
    folder = tmp_path_factory.mktemp(request.param)
    url = f"sqlite:///{folder / 'feedback.db'}"
    if database == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.create_database()
    stack = Stack(folder, url, None if model == "default" else model)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
