"""`python -m bench [SIZES]`: measure, and write bench/RESULTS.md."""

from __future__ import annotations

import sys

from bench.run import main

sys.exit(main(sys.argv[1:]))
