"""Where execution environments live: a folder, the clock, the log, and the endpoint that their AWS clients use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from local_aws.clients import local_client
from local_aws.clock import Clock
from local_aws.lambda_functions.environment import runtime_folder
from local_aws.principals import role_name


@dataclass(frozen=True)
class Place:
    endpoint_url: str
    clock: Clock
    folder: Path

    def now(self) -> datetime:
        return self.clock.now()

    def today(self) -> str:
        """As names of log streams begin."""
        return self.now().strftime("%Y/%m/%d")

    def client(self, service: str, configuration: Mapping[str, Any]) -> Any:
        """As the function's role, which writes its log and sends its dead letters."""
        return _client(service, self.endpoint_url, role_name(configuration["Role"]))

    @cached_property
    def runtime(self) -> Path:
        """boto3 and what it needs."""
        return runtime_folder(self.folder / "runtime")


@cache
def _client(service: str, endpoint_url: str, principal: str) -> Any:
    return local_client(service, endpoint_url, principal=principal)
