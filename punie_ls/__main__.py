"""The `punie-ls` program. The language server starts with nothing else imported."""

from __future__ import annotations

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    # `python -m` put the current folder first: a project's own json.py would run inside the server.
    del sys.path[0]


def main() -> int:
    """Run the verb in `sys.argv`; returns the exit code."""
    arguments = sys.argv[1:]
    verb = arguments[0] if arguments else "lsp"
    if (verb in ("lsp", "--stdio") or verb.startswith(("--log-level", "--trace"))) and "--help" not in arguments:
        from punie_ls.relay.main import main as relay

        return relay(arguments[1:] if verb == "lsp" else arguments)
    if verb == "--version":
        from punie_ls.relay.version import version_line

        sys.stdout.write(version_line() + "\n")
        return 0
    if verb == "bridge" and "--help" not in arguments:
        from punie_ls.bridge.main import main as bridge

        return bridge(arguments[1:])
    if verb == "server":
        from punie_ls.server.main import main as server

        return server() or 0
    if verb in ("ask", "chat") and "--help" not in arguments and sys.stderr.isatty():
        # At once, for what comes next takes some tenths of a second to import; whatever is printed next covers it.
        sys.stderr.write("Starting…\r")
        sys.stderr.flush()
    from punie_ls.cli.app import main as cli

    return cli() or 0


if __name__ == "__main__":
    sys.exit(main())
