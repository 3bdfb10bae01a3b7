"""The verbs `serve` and `bridge`; each imports what it needs when it runs."""

from __future__ import annotations

import ipaddress
import sys
from typing import Annotated

import typer

DEFAULT_PORT = 4747

JsonOption = Annotated[bool, typer.Option("--json", help="With --status: print one JSON object.")]


def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option("--port", help=f"0 takes a free one; {DEFAULT_PORT}, or a free one, by default.")
    ] = None,
    allow_origin: Annotated[
        list[str] | None, typer.Option("--allow-origin", help="A web origin that may connect; may be repeated.")
    ] = None,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Listen beyond this machine: with the token, others act as you.")
    ] = False,
    idle_seconds: Annotated[
        float, typer.Option("--idle-seconds", help="End a project's process when it had nothing to do for so long.")
    ] = 900.0,
    keep_seconds: Annotated[
        float, typer.Option("--keep-seconds", help="How long a bridge may be cut off before its turns are ended.")
    ] = 60.0,
    max_workers: Annotated[
        int, typer.Option("--max-workers", help="Keep no more processes of idle projects than this.")
    ] = 16,
    model_slots: Annotated[
        int, typer.Option("--model-slots", min=1, help="How many requests a model server of this machine gets at once.")
    ] = 4,
    quit_seconds: Annotated[
        float | None, typer.Option("--quit-seconds", help="End when nobody was connected for so long.")
    ] = None,
    stall_seconds: Annotated[float, typer.Option("--stall-seconds", hidden=True)] = 30.0,
    new_token: Annotated[bool, typer.Option("--new-token", help="Make a new token; the old one is void.")] = False,
    log_level: Annotated[str | None, typer.Option("--log-level", help="How much to log, to stderr too.")] = None,
    status: Annotated[bool, typer.Option("--status", help="Show what the running server does.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="End the running server.")] = False,
    json: JsonOption = False,
) -> None:
    """Serve the agent of many projects over a WebSocket (ACP). Exit code: 0 done, 1 it runs already, 2 error."""
    if status or stop:
        from punie_ls.serve.status import show_status, stop_server

        raise typer.Exit(stop_server() if stop else show_status(as_json=json))
    if not _is_loopback(host) and not allow_remote:
        sys.stderr.write(
            f"punie-ls: {host} is not this machine alone. Whoever reaches that address and has the token can read and "
            "change your projects and run programs as you, and nothing is encrypted. If you want that, add "
            "--allow-remote; otherwise tunnel to 127.0.0.1.\n"
        )
        raise typer.Exit(2)
    from punie_ls.serve.main import run_server
    from punie_ls.serve.server import ServerOptions

    options = ServerOptions(
        host=host,
        port=DEFAULT_PORT if port is None else port,
        fall_back=port is None,
        origins=tuple(allow_origin or ()),
        any_host=not _is_loopback(host),
        idle_seconds=idle_seconds,
        keep_seconds=keep_seconds,
        stall_seconds=stall_seconds,
        max_workers=max_workers,
        model_slots=model_slots,
        quit_seconds=quit_seconds,
    )
    raise typer.Exit(run_server(options, log_level=log_level, fresh_token=new_token))


def bridge(
    url: Annotated[
        str | None, typer.Option("--url", help="Of a server elsewhere; its token is in PUNIE_SERVE_TOKEN.")
    ] = None,
    start: Annotated[bool, typer.Option("--start/--no-start", help="Start a server when none runs here.")] = True,
    log_level: Annotated[str | None, typer.Option("--log-level", help="How much to log, to stderr too.")] = None,
) -> None:
    """Speak ACP on stdio, and carry it to `punie-ls serve` without losing a message."""
    from punie_ls.bridge.main import run_bridge

    # `__main__` runs this verb without typer, which takes long to import; this is for the help page.
    raise typer.Exit(run_bridge(url, start=start, log_level=log_level))


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
