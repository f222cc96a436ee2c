"""The local account in which planned resources are created."""

from pathlib import Path
from typing import Any

from local_aws.clients import REGION, local_client


class Account:
    """Clients, and what AWS chooses only when it creates: an id that the plan made up becomes the real one.

    ``artifacts``: the folder that ``scripts/build_artifacts.py`` filled; None where no code is deployed.
    """

    def __init__(self, endpoint_url: str, region: str = REGION, artifacts: Path | None = None) -> None:
        self.region = region
        self.artifacts = artifacts
        self.real_ids: dict[str, str] = {}  # by the id that the plan says
        self._endpoint_url = endpoint_url
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = local_client(service, self._endpoint_url, self.region)
        return self._clients[service]

    def as_created(self, value: Any) -> Any:
        """The value with every id of the plan replaced, at any depth."""
        if isinstance(value, dict):
            return {name: self.as_created(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.as_created(inner) for inner in value]
        if isinstance(value, str):
            for planned, real in self.real_ids.items():
                value = value.replace(planned, real)
        return value
