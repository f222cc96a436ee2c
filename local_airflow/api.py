"""The few calls of Airflow's REST API that the demo and the tests make (the ones that its pages make)."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from local_airflow.login import Login

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy: it is this machine

PAGE = 100  # Airflow's [api] maximum_page_limit


class ApiError(RuntimeError):
    """Airflow's answer to a call that it refused: status and detail."""


class AirflowApi:
    """Airflow's REST API at ``url``. Without a login everybody on this machine is admin, as `make demo` sets it up."""

    def __init__(self, url: str, login: Login | None = None) -> None:
        self._url = url
        self._login = login
        self._token = ""

    def get(self, path: str) -> Any:
        return self._call("GET", path)

    def pages(self, path: str, member: str) -> Iterator[dict[str, Any]]:
        """Every entry of a list, page by page: Airflow gives at most 100 at a time."""
        joint = "&" if "?" in path else "?"
        offset, total = 0, 1
        while offset < total:
            page = self.get(f"{path}{joint}limit={PAGE}&offset={offset}")
            yield from page[member]
            offset, total = offset + PAGE, page["total_entries"]

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._call("POST", path, body)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return self._call("PATCH", path, body)

    def health(self) -> dict[str, Any]:
        """What Airflow says of each of its parts: ``{"scheduler": {"status": "healthy", ...}, ...}``. No login."""
        answer: dict[str, Any] = self._send("GET", "/api/v2/monitor/health", None, {})
        return answer

    def is_healthy(self) -> bool:
        """Whether the API answers and scheduler, triggerer and DAG processor beat."""
        try:
            health = self.health()
        except (OSError, ApiError):
            return False
        parts = ("metadatabase", "scheduler", "triggerer", "dag_processor")
        return all(health.get(part, {}).get("status") == "healthy" for part in parts)

    def token(self) -> str:
        """For a call that is not one of these."""
        if not self._token:
            self._token = self._log_in()["access_token"]
        return self._token

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._send(method, path, body, {"Authorization": f"Bearer {self.token()}"})

    def _log_in(self) -> Any:
        if self._login is None:
            return self._send("GET", "/auth/token", None, {})
        return self._send("POST", "/auth/token", {"username": self._login.user, "password": self._login.password}, {})

    def _send(self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310  the URL is ours
            self._url + path, data, {"Content-Type": "application/json", **headers}, method=method
        )
        try:
            with _DIRECT.open(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise ApiError(f"{method} {path}: {error.code} {error.read().decode(errors='replace')[:500]}") from None
