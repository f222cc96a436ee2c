"""Airflow's page "Clickstream", and the link to it from each task. Every component loads this file; only the API server
serves the page, so the rest is imported with the first request.
"""

import importlib.util
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from airflow.plugins_manager import AirflowPlugin

PREFIX = "/clickstream"
# Amazon MWAA's web server has no dags/ folder: scripts/build_artifacts.py packs dags/clickstream into plugins.zip.
LIBRARY = Path(__file__).resolve().parent / "clickstream_library"

Message = MutableMapping[str, Any]


class OperationsApp:
    """The ASGI application, made when it is called first."""

    def __init__(self) -> None:
        self._app: Callable[..., Awaitable[None]] | None = None

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if self._app is None:
            self._app = _made()
        await self._app(scope, receive, send)


def _made() -> Callable[..., Awaitable[None]]:
    if importlib.util.find_spec("clickstream") is None:
        sys.path.append(str(LIBRARY))
    from clickstream_airflow.operations.app import make_app

    return make_app()


class ClickstreamPlugin(AirflowPlugin):
    name = "clickstream"
    fastapi_apps = [{"app": OperationsApp(), "url_prefix": PREFIX, "name": "Clickstream"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {
            "name": "Clickstream",
            "href": f"{PREFIX}/",
            "destination": "nav",
            "url_route": "clickstream",
            "icon": f"{PREFIX}/static/icon.svg",
            "icon_dark_mode": f"{PREFIX}/static/icon_dark.svg",
        }
    ]
