"""``python -m local_airflow.health scheduler http://127.0.0.1:8080``: 0 while that part beats, else 1 and why.

A health check of a container. It asks Airflow's API, which reads the heartbeats in the database, so that it sees a part
that hangs as well as one that ended. The standard library only: it runs every few seconds.
"""

import argparse
import sys
from collections.abc import Sequence

from local_airflow.api import AirflowApi, ApiError

PARTS = ("metadatabase", "scheduler", "dag_processor", "triggerer")


def problem(api: AirflowApi, part: str) -> str | None:
    """Why a part is not healthy, by Airflow's own word; None while it is."""
    try:
        said = api.health().get(part, {})
    except (OSError, ApiError) as error:
        return f"expected Airflow's API server to answer, got {error!r}"
    if said.get("status") == "healthy":
        return None
    beat = next((value for name, value in said.items() if name.endswith("_heartbeat")), None)
    return f"expected {part} to be healthy, its last heartbeat was {beat or 'never'}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local_airflow.health", description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("url", help="of Airflow's API server")
    options = parser.parse_args(arguments)
    found = problem(AirflowApi(options.url), options.part)
    if found:
        print(found, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
