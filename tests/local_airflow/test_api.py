"""The API client against a server that answers like Airflow's."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from local_airflow.api import AirflowApi, ApiError
from local_airflow.login import Login

HEALTHY = {part: {"status": "healthy"} for part in ("metadatabase", "scheduler", "triggerer", "dag_processor")}


class Handler(BaseHTTPRequestHandler):
    answers: dict[str, tuple[int, object]] = {}  # noqa: RUF012  set by each test
    seen: list[tuple[str, str | None, bytes]] = []  # noqa: RUF012

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append((f"{self.command} {self.path}", self.headers.get("Authorization"), body))
        status, reply = self.answers.get(self.path, (404, {"detail": "not found"}))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(reply).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    Handler.answers, Handler.seen = {"/auth/token": (200, {"access_token": "t"})}, []
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Handler, AirflowApi(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def test_a_call_logs_in_once_and_sends_the_token(server):
    handler, api = server
    handler.answers["/api/v2/dags"] = (200, {"dags": []})
    assert api.get("/api/v2/dags") == api.get("/api/v2/dags") == {"dags": []}
    assert [call[0] for call in handler.seen] == ["GET /auth/token", "GET /api/v2/dags", "GET /api/v2/dags"]
    assert handler.seen[1][1] == "Bearer t"


def test_a_login_is_sent_where_there_is_one(server):
    handler, api = server
    handler.answers["/api/v2/dags"] = (200, {})
    AirflowApi(api._url, Login("ann", "secret")).get("/api/v2/dags")
    assert handler.seen[0] == ("POST /auth/token", None, b'{"username": "ann", "password": "secret"}')
    assert handler.seen[1][1] == "Bearer t"


def test_a_post_sends_json(server):
    handler, api = server
    handler.answers["/api/v2/pools"] = (201, {})
    api.post("/api/v2/pools", {"name": "p"})
    assert json.loads(handler.seen[-1][2]) == {"name": "p"}


def test_a_refusal_is_an_error_with_airflows_words(server):
    _, api = server
    with pytest.raises(ApiError, match="GET /nowhere: 404.*not found"):
        api.get("/nowhere")


@pytest.mark.parametrize("part", HEALTHY)
def test_airflow_is_healthy_only_when_every_part_beats(server, part):
    handler, api = server
    handler.answers["/api/v2/monitor/health"] = (200, HEALTHY)
    assert api.is_healthy()
    handler.answers["/api/v2/monitor/health"] = (200, {**HEALTHY, part: {"status": None}})
    assert not api.is_healthy()


def test_an_airflow_that_does_not_answer_is_not_healthy():
    assert not AirflowApi("http://127.0.0.1:9").is_healthy()
