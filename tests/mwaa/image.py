"""Amazon MWAA's Airflow 3.3.1 as far as a laptop has it: the image's packages, its folders, its environment.

What the image sets: public repository aws/amazon-mwaa-docker-images, images/airflow/3.3.1/python/mwaa/config.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from uv import find_uv_bin

from local_airflow.environment import REPOSITORY
from local_aws.clients import ACCOUNT_ID, REGION
from local_aws.safety import clear_aws_environment

HERE = Path(__file__).resolve().parent
FREEZE = REPOSITORY / "requirements-mwaa.txt"
DAGS = sorted(path.stem for path in (REPOSITORY / "dags").glob("*.py"))  # a DAG's id is its file's name
VENV = REPOSITORY / ".cache" / "mwaa-python"
# No wheel, and building one needs PostgreSQL's headers. psycopg2-binary, which the image holds too, is the same module.
NOT_INSTALLED = frozenset({"psycopg2"})
# As Terraform's airflow_configuration has them.
CONFIGURATION = {
    "clickstream.environment": "local",
    "clickstream.account_id": ACCOUNT_ID,
    "clickstream.region": REGION,
    "clickstream.poll_seconds": "1",
}


def pins(text: str) -> dict[str, str]:
    """Name to version of a requirements file's pins; names as PyPI compares them, without extras."""
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", text, re.M)
    return {normal(name): version for name, version in found}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def uv(*arguments: str) -> subprocess.CompletedProcess[str]:
    """uv itself, not ``python -m uv``: that works on the environment of this interpreter, whatever it is told."""
    return subprocess.run([find_uv_bin(), *arguments], capture_output=True, text=True, check=False)


def python() -> Path:
    """The interpreter of a clean virtual environment that holds what the freeze says; made where it is not there."""
    VENV.parent.mkdir(exist_ok=True)
    with VENV.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = VENV / ".installed"
        if not stamp.exists() or stamp.read_text() != FREEZE.read_text():
            _install(stamp)
    return VENV / "bin" / "python"


def _install(stamp: Path) -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    made = uv("venv", "--python", sys.executable, str(VENV))
    assert made.returncode == 0, made.stderr
    interpreter = str(VENV / "bin" / "python")
    blocks = re.findall(r"^\S.*(?:\n[ \t].*)*", FREEZE.read_text(), re.M)
    lock = VENV / "installed.txt"
    lock.write_text("\n".join(block for block in blocks if not NOT_INSTALLED & pins(block).keys()))
    done = uv("pip", "sync", "--python", interpreter, "--require-hashes", "--only-binary", ":all:", str(lock))
    assert done.returncode == 0, done.stderr
    stamp.write_text(FREEZE.read_text())


class Image:
    """A container: `/usr/local/airflow` under ``root`` with an MWAA package in it, and commands that run there."""

    def __init__(self, root: Path, package: Path) -> None:
        self.home = root / "usr" / "local" / "airflow"
        shutil.copytree(package / "dags", self.home / "dags")
        shutil.copyfile(package / "requirements.txt", self.home / "requirements.txt")
        with zipfile.ZipFile(package / "plugins.zip") as plugins:
            plugins.extractall(self.home / "plugins")

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """``python <arguments>`` there, with these variables beside the image's own."""
        command, environment = [str(python()), *arguments], {**self.environment(CONFIGURATION), **more}
        return subprocess.run(
            command, cwd=self.home, env=environment, capture_output=True, text=True, timeout=300, check=False
        )

    def airflow(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "airflow", *arguments, **more)

    def environment(self, configuration: Mapping[str, str]) -> dict[str, str]:
        """Nothing of this process's environment but PATH; configuration options become variables, as MWAA does it."""
        no_aws: dict[str, str] = {}
        clear_aws_environment(no_aws)
        options = {f"AIRFLOW__{name.replace('.', '__').upper()}": value for name, value in configuration.items()}
        return {
            **no_aws,
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "AIRFLOW_HOME": str(self.home),
            "PYTHONPATH": str(HERE / "python"),
            "PYTHONUNBUFFERED": "1",
            "AIRFLOW_CONN_AWS_DEFAULT": "aws://",
            "AWS_EXECUTION_ENV": "Amazon_MWAA_331",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__MULTI_TEAM": "False",
            "AIRFLOW__CORE__EXECUTE_TASKS_NEW_PYTHON_INTERPRETER": "True",
            "AIRFLOW__SCHEDULER__STANDALONE_DAG_PROCESSOR": "True",
            "AIRFLOW__TRIGGERER__QUEUES_ENABLED": "False",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            **options,
        }
