import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from local_airflow import health

# What Airflow 3.3 answered while its scheduler was stopped by a signal, shortened.
ANSWER = {
    "metadatabase": {"status": "healthy"},
    "scheduler": {"status": "unhealthy", "latest_scheduler_heartbeat": "2026-11-29T09:00:00+00:00"},
    "triggerer": {"status": "healthy", "latest_triggerer_heartbeat": "2026-11-29T09:01:00+00:00"},
    "dag_processor": {"status": None, "latest_dag_processor_heartbeat": None},
}


class Api(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/api/v2/monitor/health" else 404)
        self.end_headers()
        self.wfile.write(json.dumps(ANSWER).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("part", ["metadatabase", "triggerer"])
def test_part_that_beats_is_healthy(url: str, part: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert health.main([part, url]) == 0
    assert capsys.readouterr().err == ""


def test_part_that_hangs_is_not_and_its_last_heartbeat_is_said(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert health.main(["scheduler", url]) == 1
    assert "expected scheduler to be healthy, its last heartbeat was 2026-11-29T09:00:00" in capsys.readouterr().err


def test_part_that_never_began_is_not_healthy(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert health.main(["dag_processor", url]) == 1
    assert "never" in capsys.readouterr().err


def test_silent_api_server_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert health.main(["scheduler", "http://127.0.0.1:1"]) == 1
    assert "expected Airflow's API server to answer" in capsys.readouterr().err


def test_unknown_part_is_refused(url: str) -> None:
    with pytest.raises(SystemExit):
        health.main(["worker", url])
