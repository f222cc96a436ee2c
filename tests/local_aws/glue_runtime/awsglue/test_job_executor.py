import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
from py4j.protocol import Py4JError

from local_aws.glue_jobs.process import TOKEN as ENGINES_TOKEN
from local_aws.glue_runtime.awsglue.job_executor import TOKEN, call


class Service(BaseHTTPRequestHandler):
    """Gives its requests back, once it has given the ANSWERS (HTTP status and body) that are left."""

    answers: ClassVar[list[tuple[int, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, answer = self.answers.pop(0) if self.answers else (200, body)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with HTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv(TOKEN, "secret")
        monkeypatch.setattr("local_aws.glue_runtime.awsglue.job_executor.PAUSES", (0.01, 0.01))
        monkeypatch.setattr(Service, "answers", [])
        yield
        server.shutdown()


def test_members_arrive_with_the_runs_token_past_any_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setattr(urllib.request, "_opener", None)  # it would have read the environment before
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert call("BeginJobBookmark", JobName="job", Paused=True) == {
        "Token": "secret",
        "JobName": "job",
        "Paused": True,
    }


def test_refusal_has_the_name_and_the_text_of_glues_error() -> None:
    Service.answers += [(400, b'{"__type": "VersionMismatchException", "message": "no"}')]
    with pytest.raises(Py4JError, match=r"^com.amazonaws.services.gluejobexecutor.model.VersionMismatchException: no$"):
        call("CommitJobBookmark")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_throttled_or_broken_call_is_tried_again(status: int) -> None:
    Service.answers += [(status, b"<Slow/>"), (status, b"{}")]
    assert call("BeginJobBookmark") == {"Token": "secret"}


@pytest.mark.parametrize(("status", "answers"), [(503, 3), (400, 1), (501, 1)])
def test_call_that_goes_on_failing_says_so_in_the_services_words(status: int, answers: int) -> None:
    Service.answers += [(status, b"<Slow/>")] * answers
    with pytest.raises(Py4JError, match="^<Slow/>$"):
        call("BeginJobBookmark")
    assert Service.answers == []


def test_process_that_is_no_run_is_told_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN)
    with pytest.raises(RuntimeError, match=f"need a job run of the local AWS, which sets {TOKEN}"):
        call("BeginJobBookmark")


def test_engine_and_run_name_the_token_alike() -> None:
    assert TOKEN == ENGINES_TOKEN
