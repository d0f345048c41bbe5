"""`python -m salesplan.demo params/henan-2027` writes the demo plan's tables."""

import sys
from pathlib import Path

from salesplan.demo.tables import write

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m salesplan.demo PLAN_FOLDER")
    write(Path(sys.argv[1]))
