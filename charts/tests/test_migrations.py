"""The job that migrates before an upgrade: when it is there, what it touches, what it does to PostgreSQL."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager

import asyncpg
import pytest
from pulso_kit.migrate import REFUSED, TOLD_TO_END, UNREACHABLE, MigrationSettings

from charts.schema.fields import CLASSES, variables_of
from charts.tests.rendering import VALUES, containers, named, of_kind, render, rendered, values_of
from charts.tests.test_settings import SECRETS, environment_of

MANAGED = {"global": {"database": {"secret": "managed"}}}
EXTERNAL = {"global": {"secrets": {"external": {"store": "vault", "path": "pulso"}}}}


def jobs(manifests):
    return [one["metadata"]["name"] for one in of_kind(manifests, "Job")]


def steps(manifests):
    """The containers in the order in which they run."""
    spec = named(manifests, "Job", "pulso-migrate")["spec"]["template"]["spec"]
    return [*spec["initContainers"], *spec["containers"]]


@pytest.mark.parametrize(
    ("values", "upgrade", "found"),
    [
        ({}, False, []),
        ({}, True, ["pulso-migrate"]),
        (EXTERNAL, False, []),
        (EXTERNAL, True, ["pulso-migrate"]),
        (MANAGED, False, ["pulso-migrate"]),
        (MANAGED | {"migrations": {"enabled": False}}, True, []),
    ],
)
def test_it_is_there_where_a_database_and_its_secret_are_there_before_it(values, upgrade, found):
    assert jobs(render(values, upgrade=upgrade)) == found


@pytest.mark.parametrize("name", ["production", "everything"])
def test_it_needs_nothing_that_the_release_brings(name):
    manifests = rendered(name)
    job = named(manifests, "Job", "pulso-migrate")
    policy = named(manifests, "NetworkPolicy", "pulso-migrate")
    about, before = job["metadata"]["annotations"], policy["metadata"]["annotations"]
    assert about["helm.sh/hook"] == "pre-install,pre-upgrade,pre-rollback"
    assert about.items() <= before.items()
    assert int(before["helm.sh/hook-weight"]) < int(about.get("helm.sh/hook-weight", "0"))
    pod = job["spec"]["template"]["spec"]
    assert "serviceAccountName" not in pod
    own = values_of(name)["global"].get("trustedCertificates")
    assert [volume["configMap"]["name"] for volume in pod.get("volumes", ())] == ([own] if own else [])
    secret = values_of(name)["global"]["database"]["secret"] if name == "production" else "pulso-secrets"
    for step in steps(manifests):
        service = step["name"].removeprefix("migrate-")
        (asked,) = (one["valueFrom"]["secretKeyRef"] for one in step["env"] if "valueFrom" in one)
        assert asked == {"name": secret, "key": f"{service}-database-url"}


def test_it_reaches_names_and_the_database_and_nobody_reaches_it():
    manifests = rendered("production")
    spec = named(manifests, "NetworkPolicy", "pulso-migrate")["spec"]
    names, database = spec["egress"]
    assert {port["port"] for port in names["ports"]} == {53}
    assert database["to"] == values_of("production")["global"]["database"]["to"]
    assert "ingress" not in spec


@pytest.mark.parametrize("name", VALUES)
def test_nothing_else_takes_its_pod_for_one_of_its_own(name):
    manifests = rendered(name)
    for job in of_kind(manifests, "Job"):
        labels = job["spec"]["template"]["metadata"]["labels"]
        assert "service" not in labels  # by which pods are scraped
        for one in of_kind(manifests, "Service"):
            assert not one["spec"]["selector"].items() <= labels.items()
        for one in of_kind(manifests, "PodDisruptionBudget", "Deployment", "StatefulSet"):
            assert not one["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_it_migrates_for_every_service_with_a_database_by_the_image_that_will_serve():
    manifests = rendered("everything")
    deployed = {one["name"]: one["image"] for _, one in containers(manifests)}
    stored = {service for service, cls in CLASSES.items() if "database_url" in cls.model_fields}
    assert {one["name"]: one["image"] for one in steps(manifests)} == {
        f"migrate-{service}": deployed[service] for service in stored
    }
    known = {*variables_of(MigrationSettings).values(), "PGSSLROOTCERT"}
    for step in steps(manifests):
        assert set(environment_of(step)) <= known


def test_only_what_may_pass_is_tried_again():
    spec = named(rendered("production"), "Job", "pulso-migrate")["spec"]
    failing, disrupted = spec["podFailurePolicy"]["rules"]
    assert failing == {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [REFUSED]}}
    assert disrupted["action"] == "Ignore"
    assert spec["backoffLimit"] > 0


def command_of(step, url):
    """What the container runs, and its variables with this database."""
    interpreter, *options = step["command"]
    assert interpreter == "python"
    told = {name: url if value in SECRETS.values() else value for name, value in environment_of(step).items()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PULSO_")}
    return [sys.executable, *options], kept | told


def run(url):
    """The job as a pod runs it, until a container fails: the statuses by service, and the records of all."""
    statuses, records = {}, []
    for step in steps(rendered("defaults")):
        command, environment = command_of(step, url)
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert ended.stderr == ""
        records += map(json.loads, ended.stdout.splitlines())
        statuses[step["name"].removeprefix("migrate-")] = ended.returncode
        if ended.returncode:
            break
    return statuses, records


@asynccontextmanager
async def asking(url):
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def upgrades(records):
    return [one for one in records if one["event"].startswith("Running upgrade")]


async def test_an_empty_database_is_migrated_once_and_one_that_is_too_new_is_refused(postgres_url):
    statuses, records = run(postgres_url)
    assert statuses == {"trends": 0, "insights": 0, "gateway": 0}
    assert len(upgrades(records)) >= 9
    async with asking(postgres_url) as connection:
        await connection.execute("UPDATE alembic_gateway SET version_num = '9999', oldest_reader = '9999'")
    statuses, records = run(postgres_url)
    assert (statuses, upgrades(records)) == ({"trends": 0, "insights": 0, "gateway": REFUSED}, [])
    assert "revision 9999" in records[-1]["reason"]


async def test_a_migration_that_fails_is_named_and_leaves_everything_as_it_was(postgres_url):
    async with asking(postgres_url) as connection:
        await connection.execute("CREATE TABLE mention (mine text)")
        statuses, records = run(postgres_url)
        assert statuses == {"trends": REFUSED}
        told = records[-1]
        assert (told["event"], told["error"]) == ("migration.failed", "DuplicateTableError")
        assert told["at"].startswith("0002_mentions.py:")
        assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 1


def test_a_database_that_is_away_may_be_tried_again(postgres_url):
    statuses, (told,) = run(f"{postgres_url}-gone")
    assert statuses == {"trends": UNREACHABLE}
    assert (told["event"], told["error"]) == ("migration.unreachable", "InvalidCatalogNameError")


async def test_a_job_that_must_end_lets_go_of_the_database(postgres_url):
    command, environment = command_of(steps(rendered("defaults"))[-1], postgres_url)
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pulso-gateway-migrate' "
        "AND wait_event = 'advisory'"
    )
    async with asking(postgres_url) as connection:
        await connection.execute("SELECT pg_advisory_lock(7095210)")  # another one migrates
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:  # noqa: ASYNC220 - returns at once
            while process.poll() is None and not await connection.fetchval(asked):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)
            process.send_signal(signal.SIGTERM)
            assert process.wait() == TOLD_TO_END
        while await connection.fetchval(asked):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
