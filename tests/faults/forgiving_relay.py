"""`punie-ls` for which every crash is the first: crashes minutes apart, without the minutes."""

import sys

from punie_ls.relay import supervisor
from punie_ls.relay.main import main

if __name__ == "__main__":
    supervisor.RESTART_WINDOW_SECONDS = 0.0
    sys.exit(main(sys.argv[1:]))
