"""Has a kernel start silent, so that notebooks are kept without what is said of long waits; see CONTRIBUTING.md."""

import logging

logging.getLogger("attractorbind").setLevel("WARNING")
