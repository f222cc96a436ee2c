"""What things cost, measured side by side: ``make bench`` (`docs/performance.md`)."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / folder) for folder in ("scripts", "glue_scripts", "plugins", "dags")]
