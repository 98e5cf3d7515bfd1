"""What `pulso up` does once the stack serves: the sample feed on the first start, then the first results."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from pulso_contracts.trends import IndexStatus
from pydantic import BaseModel

from pulso_cli.console import err, out
from pulso_cli.failures import CommandFailed
from pulso_cli.gateway import Gateway
from pulso_cli.importing import FileToImport, import_file
from pulso_cli.results import first_results, show_results
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.private_file import write_private
from pulso_cli.stack.state import StackState
from pulso_cli.target import local_gateway


class SampleFeed(BaseModel):
    """Which feed a stack has been given; the same three figures make the same file again."""

    rows: int = 16_000  # at half as many, a planted trend drowns in chance now and then
    seed: int = 20_261_121
    end: datetime
    imported: bool = False


def welcome(layout: Layout, state: StackState, *, sample: bool) -> None:
    """Prints the dashboard address and the key, imports the sample feed once, prints the first table."""
    out.print(f"Dashboard  {state.url}/", highlight=False)
    key = layout.api_key.read_text(encoding="utf-8").strip()
    out.print(f"API key    {key}", highlight=False, soft_wrap=True)
    try:
        with local_gateway(layout, state) as gateway:
            if sample:
                import_sample_once(layout, gateway)
            if IndexStatus.model_validate(gateway.get("/trends/status")).items:
                show_results(first_results(gateway), out)
    except CommandFailed as failure:
        # The stack itself serves: an import that stalls must not take it down.
        err.print(f"pulso: {failure.sentence}")
    except OSError as error:
        err.print(f"pulso: The sample feed could not be written: {error.strerror}.")


def import_sample_once(layout: Layout, gateway: Gateway) -> None:
    """Imports the feed through the gateway, as a user would, unless that was done before.

    What is imported is written down first: after an interruption the same file is sent again, and items that
    are there already are duplicates.
    """
    feed = _chosen_feed(layout)
    if feed.imported:
        return
    from pulso_cli.sample import write_sample  # loads the phrase books, which only this start needs

    with tempfile.TemporaryDirectory(prefix="pulso-sample-") as folder:
        file = Path(folder) / "sample.ndjson.gz"
        write_sample(file, feed.rows, feed.seed, feed.end)
        job = import_file(gateway, FileToImport(file), wait=True)
    err.print(f"Sample feed: {job.accepted:,} items accepted, {job.duplicates:,} duplicates.")
    _keep(layout, feed.model_copy(update={"imported": True}))


def _chosen_feed(layout: Layout) -> SampleFeed:
    if layout.sample_marker.exists():
        return SampleFeed.model_validate_json(layout.sample_marker.read_bytes())
    feed = SampleFeed(end=datetime.now(UTC))
    _keep(layout, feed)
    return feed


def _keep(layout: Layout, feed: SampleFeed) -> None:
    write_private(layout.sample_marker, feed.model_dump_json() + "\n")
