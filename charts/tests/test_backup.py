"""The jobs that save and restore, and what they refuse. Under load: tests/faults/test_restore.py."""

import pytest

from charts.tests.rendering import named, of_kind, render, rendered
from tests.fixtures.backup_jobs import BackupJobs

SERVICES = ("gateway", "trends", "insights")


def names(manifests, job):
    pod = named(manifests, "CronJob", f"pulso-{job}")["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return [one["name"] for one in (*pod["initContainers"], *pod["containers"])]


def test_nothing_is_there_unless_it_is_asked_for():
    assert not of_kind(rendered("defaults"), "CronJob")


def test_a_backup_goes_along_the_flow_and_a_restore_waits_for_a_hand():
    manifests = rendered("backup")
    assert names(manifests, "backup") == ["save-uploads", "save-streams", "save-databases"]
    assert named(manifests, "CronJob", "pulso-restore")["spec"]["suspend"] is True
    kept = named(manifests, "PersistentVolumeClaim", "pulso-backup")["metadata"]["annotations"]
    assert kept == {"helm.sh/resource-policy": "keep"}


def test_streams_of_a_managed_server_are_left_to_its_provider():
    manifests = render({"backup": {"enabled": True}, "global": {"redis": {"secret": "managed"}}})
    assert names(manifests, "backup") == ["save-uploads", "save-databases"]
    assert names(manifests, "restore") == ["restore-check", "restore-databases"]


@pytest.fixture
def jobs(postgres, valkey_process, tmp_path):
    databases = {service: postgres.create_database() for service in SERVICES}
    (tmp_path / "uploads").mkdir()
    yield BackupJobs(tmp_path, tmp_path / "uploads", postgres, valkey_process, databases)
    for url in databases.values():
        postgres.drop_database(url)


def test_a_damaged_backup_and_another_customer_key_are_refused(jobs):
    jobs.run_all("backup")
    assert jobs.run("restore-check").returncode == 0
    refused = jobs.run("restore-check", CUSTOMER_KEY="another")
    assert (refused.returncode, "customer-key is not the one" in refused.stderr) == (1, True)
    (dump,) = jobs.backups.glob("*/trends.dump")
    dump.write_bytes(dump.read_bytes()[:-1] + b"?")
    refused = jobs.run("restore-check")
    assert (refused.returncode, "is damaged" in refused.stderr) == (1, True)
    assert "there is no backup 2020" in jobs.run("restore-check", BACKUP="2020").stderr


def test_the_newest_backups_are_kept_and_their_files_are_private(jobs):
    for year in (2020, 2021, 2022):
        (jobs.backups / f"{year}-01-01T000000Z").mkdir(parents=True)
    jobs.run_all("backup", KEEP="2")
    left = sorted(path.name for path in jobs.backups.iterdir())
    assert left[0] == "2022-01-01T000000Z"
    assert len(left) == 2
    assert {path.stat().st_mode & 0o077 for path in (jobs.backups / left[1]).rglob("*")} == {0}


def test_a_backup_that_fails_leaves_those_before_it_alone(jobs, postgres):
    jobs.run_all("backup")
    before = list(jobs.backups.iterdir())
    for name in ("save-uploads", "save-streams"):
        assert jobs.run(name).returncode == 0
    gone = f"postgresql://postgres@127.0.0.1:{postgres.port}/gone"
    assert jobs.run("save-databases", KEEP="1", DATABASE_URL_trends=gone).returncode != 0
    assert [path for path in jobs.backups.iterdir() if path.name != "unfinished"] == before


def test_streams_come_back_with_their_groups_to_a_server_with_a_password(jobs, valkey_process):
    for command in (
        "XGROUP CREATE feedback:{0} sentiment 0 MKSTREAM",
        "XADD feedback:{0} 5-1 a b",
        "XADD feedback:{0} 6-1 a c",
        "XREADGROUP GROUP sentiment one COUNT 1 STREAMS feedback:{0} >",
        "CONFIG SET requirepass hush",
    ):
        assert not valkey_process.answer(command).startswith(b"-")
    jobs.run("save-uploads")
    assert jobs.run("save-streams").returncode != 0
    assert jobs.run("save-streams", REDISCLI_AUTH="hush").returncode == 0
    assert jobs.run("save-databases").returncode == 0
    assert "Valkey is not empty" in jobs.run("restore-streams", REDISCLI_AUTH="hush").stderr

    valkey_process.restart(empty=True)
    valkey_process.answer("CONFIG SET requirepass hush")
    restored = jobs.run("restore-streams", REDISCLI_AUTH="hush")
    assert restored.returncode == 0, restored.stderr
    valkey_process.answer("AUTH hush")
    valkey_process.restart()  # the password was not kept; what was written is
    assert valkey_process.answer("XLEN feedback:{0}") == b":2\r\n"
    assert b"5-1" in valkey_process.answer("XPENDING feedback:{0} sentiment")
    assert not (jobs.backups / "restoring").exists()
