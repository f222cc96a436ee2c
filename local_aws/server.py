"""Puts the local AWS together: moto and the engines behind one gateway, on one port of 127.0.0.1."""

import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from local_aws import moto_app
from local_aws.athena.engine import AthenaEngine
from local_aws.clock import Clock
from local_aws.control import control_application
from local_aws.crawler.engine import CrawlerEngine
from local_aws.engine import Engine, RestEngine
from local_aws.firehose.engine import FirehoseEngine
from local_aws.gateway import Gateway, Wsgi
from local_aws.glue_catalog import GlueCatalogEngine
from local_aws.glue_jobs.engine import GlueJobsEngine
from local_aws.http_server import HOST, HttpServer, listen
from local_aws.lambda_functions.engine import LambdaEngine
from local_aws.notifications import Notifications
from local_aws.recording.recorder import Recorder
from local_aws.rest import rest_application

# Made in this order and closed in reverse: Firehose last. Each takes (endpoint_url, clock, data_dir).
ENGINES: tuple[Callable[[str, Clock, Path], Engine], ...] = (
    FirehoseEngine,
    GlueCatalogEngine,
    CrawlerEngine,
    GlueJobsEngine,
    AthenaEngine,
    LambdaEngine,
)

# moto keeps its state in module globals: two local AWSs of one process would share their buckets.
ONE_PER_PROCESS = threading.Lock()


class LocalAws:
    """``with LocalAws() as aws: boto3.client("s3", endpoint_url=aws.endpoint_url)``.

    Port 0 takes a free one. Engines keep their files in ``data_dir``, or in a temporary directory that goes at the end.
    Everything else is in memory and empty at the start. Raises ``PortTakenError``, and RuntimeError where another one
    runs in this process. ``record``: a file to which the calls are added, see ``recording``; ``recorder`` counts them.
    """

    endpoint_url: str
    engines: Sequence[Engine]
    recorder: Recorder | None = None

    def __init__(self, port: int = 0, data_dir: Path | None = None, record: Path | None = None) -> None:
        self._port = port
        self._record = record
        self._data_dir = data_dir
        self._resources = ExitStack()
        self.clock = Clock()

    def __enter__(self) -> Self:
        with ExitStack() as resources:
            if not ONE_PER_PROCESS.acquire(blocking=False):
                raise RuntimeError("expected one LocalAws at a time in a process, and one is running already")
            resources.callback(ONE_PER_PROCESS.release)
            self._start(resources)
            self._resources = resources.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resources.close()

    def engine[E: Engine](self, kind: type[E]) -> E:
        """The running engine of a class, for what AWS has no call for (``fail_next_records``)."""
        return next(engine for engine in self.engines if isinstance(engine, kind))

    def _start(self, resources: ExitStack) -> None:
        socket = listen(self._port)
        resources.callback(socket.close)
        self.endpoint_url = f"http://{HOST}:{socket.getsockname()[1]}"  # in a container, too: engines call themselves
        moto_app.reset()
        data_dir = self._data_dir or temporary_directory(resources)
        server = HttpServer(socket)
        resources.callback(server.stop)
        engines = []
        for make in ENGINES:
            engine = make(self.endpoint_url, self.clock, data_dir)
            resources.callback(engine.close)
            engines.append(engine)
        self.engines = engines
        events = self.engine(LambdaEngine).events
        control = control_application(self.clock, self.engine(FirehoseEngine).flush, lambda: events.waiting)
        rest = {engine.service: rest_application(engine) for engine in engines if isinstance(engine, RestEngine)}
        gateway = Gateway(engines, self._moto(resources), control, rest)
        self.recorder = resources.enter_context(Recorder(self._record)) if self._record else None
        server.start(self.recorder.around(gateway) if self.recorder else gateway)

    def _moto(self, resources: ExitStack) -> Wsgi:
        """moto, whose S3 tells functions of new objects."""
        notifications = Notifications(self.engine(LambdaEngine), self.clock.now)
        resources.enter_context(moto_app.telling_of_objects(notifications.deliver))
        return notifications.around(moto_app.application())


def temporary_directory(resources: ExitStack) -> Path:
    path = Path(tempfile.mkdtemp(prefix="local-aws-"))
    resources.callback(shutil.rmtree, path, ignore_errors=True)
    return path
