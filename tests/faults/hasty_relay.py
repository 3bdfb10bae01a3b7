"""`punie-ls` that takes a server for hung after a little backlog and a little while."""

import sys

from punie_ls.relay import child_process, code_actions, supervisor
from punie_ls.relay.main import main

if __name__ == "__main__":
    supervisor.RESTART_WINDOW_SECONDS = 0.0
    child_process.BACKLOG_BYTES = 4 << 20
    child_process.DEAF_SECONDS = 0.2
    code_actions.SERVER_SECONDS = 0.2
    sys.exit(main(sys.argv[1:]))
