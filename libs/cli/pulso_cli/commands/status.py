"""`pulso status`."""

from typing import Any

import psutil
import typer
from pulso_contracts.trends import IndexStatus
from rich.table import Table

from pulso_cli.console import out, print_json
from pulso_cli.failures import ExitCode
from pulso_cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.state import StackState, require_stack
from pulso_cli.target import local_gateway


def status(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Show the processes, their memory and health, and what has been indexed; exit code 1 when not ready."""
    layout = Layout.at(data_dir)
    state = require_stack(layout)
    with local_gateway(layout, state) as gateway:
        ready, checks = gateway.readiness()
        indexed = gateway.get("/trends/status") if ready else None
    processes = _processes(state)
    report = {
        "ready": ready,
        "url": state.url,
        "started_at": state.started_at.isoformat(),
        "checks": checks,
        "memory_bytes": sum(process["memory_bytes"] or 0 for process in processes),
        "processes": processes,
        "trends": indexed,
    }
    if as_json:
        print_json(report)
    else:
        _show(report)
    if not ready:
        raise typer.Exit(ExitCode.FAILURE)


def _processes(state: StackState) -> list[dict[str, Any]]:
    supervisor = {"name": "supervisor", "pid": state.pid, "port": None, "restarts": 0}
    listed = [supervisor, *(process.model_dump() for process in state.processes)]
    return [{**process, "memory_bytes": _memory(process["pid"])} for process in listed]


def _memory(pid: int | None) -> int | None:
    """Resident bytes; pages that processes share are counted for each of them."""
    try:
        return None if pid is None else psutil.Process(pid).memory_info().rss
    except psutil.NoSuchProcess:
        return None


def _show(report: dict[str, Any]) -> None:
    out.print(f"{report['url']}  {'[green]ready[/]' if report['ready'] else '[red]not ready[/]'}")
    table = Table("Process", "Pid", "Port", "Memory", "Restarts", "Health")
    for process in report["processes"]:
        memory = process["memory_bytes"]
        table.add_row(
            process["name"],
            str(process["pid"] or "–"),
            str(process["port"] or "–"),
            f"{memory / 2**20:.0f} MiB" if memory is not None else "–",
            str(process["restarts"]),
            report["checks"].get(process["name"], "ok" if process["pid"] else "starting"),
        )
    table.add_row("all", "", "", f"{report['memory_bytes'] / 2**20:.0f} MiB", "", "", style="bold")
    out.print(table)
    if report["trends"] is not None:
        index = IndexStatus.model_validate(report["trends"])
        on_their_way = "unknown" if index.waiting is None else f"{(index.unscored or 0) + index.waiting:,}"
        out.print(f"{index.items:,} items indexed, {on_their_way} on their way, {index.dead} dead letters.")
