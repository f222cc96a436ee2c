"""Airflow, started while something else is done: it needs most of the time to import itself."""

import threading

from local_airflow.scheduler import LocalAirflow


class Starting:
    """Starts ``airflow`` in a thread of its own."""

    def __init__(self, airflow: LocalAirflow) -> None:
        self._airflow = airflow
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._start, daemon=True)
        self._thread.start()

    def ready(self) -> LocalAirflow:
        """Airflow, as soon as it is up; what its start raised."""
        self._thread.join()
        if self._error:
            raise self._error
        return self._airflow

    def stop(self) -> None:
        """Ends Airflow, even one that has not started yet."""
        self._airflow.cancel()
        self._thread.join()
        if not self._error:
            self._airflow.stop()

    def _start(self) -> None:
        try:
            self._airflow.__enter__()
        except BaseException as error:
            self._error = error
