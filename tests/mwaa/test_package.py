"""The package where MWAA puts it: the image's versions, folders and environment, seen as each component sees it."""

import gzip
import json
from typing import Any

import pytest

from clickstream import layout
from clickstream.publication import publish
from local_aws.process import LocalAwsProcess
from local_aws.safety import local_environment
from local_aws.stack import Stack
from scripts.build_artifacts import MWAA, build, build_local
from tests.dags.clickstream.test_late_rows import FIFTH, THIRD, run_of, shown
from tests.mwaa.image import DAGS, FREEZE, HERE, NOT_INSTALLED, Image, pins, python, uv

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory):
    return build(tmp_path_factory.mktemp("artifacts"))


@pytest.fixture(scope="module")
def image(artifacts, tmp_path_factory):
    return Image(tmp_path_factory.mktemp("image"), artifacts / MWAA)


def probe(image: Image) -> dict[str, Any]:
    done = image.run(str(HERE / "probe.py"))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def seen(image):
    return probe(image)


def test_the_environment_is_the_images():
    installed = pins(uv("pip", "freeze", "--python", str(python())).stdout)
    frozen = pins(FREEZE.read_text())
    assert installed == {name: version for name, version in frozen.items() if name not in NOT_INSTALLED}
    assert uv("pip", "check", "--python", str(python())).returncode == 0


def test_mwaa_has_nothing_to_install(image):
    """With constraints, as MWAA does it, and without any index."""
    requirements = ("-r", str(image.home / "requirements.txt"), "-c", str(FREEZE))
    done = uv("pip", "install", "--python", str(python()), "--no-index", "--offline", "--dry-run", *requirements)
    assert "Would make no changes" in done.stderr, done.stderr


def test_what_the_image_does_not_hold_cannot_be_imported(seen):
    assert set(seen["blocked"]) == {"pandas", "numpy", "pyarrow", "pyspark", "duckdb", "moto"}
    assert all("is blocked" in reason for reason in seen["blocked"].values())


def test_dag_processor_and_workers_import_every_dag_and_every_module(seen):
    assert seen["worker"] == {"dags": DAGS, "errors": {}, "modules": {}}


def test_every_component_loads_the_one_plugin_and_none_the_package_as_plugins(seen):
    assert seen["plugins"] == {"errors": {}, "by_their_bare_names": ["clickstream_plugin"]}


def test_the_web_server_serves_the_page_though_it_has_no_dags(image):
    done = image.run(str(HERE / "page.py"))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "before": [], "style": 200, "page": 401, "library": "plugins/clickstream_library/clickstream/__init__.py",
    }  # fmt: skip


def test_the_triggerer_imports_every_trigger_though_it_has_no_dags(seen):
    assert seen["triggers"]
    assert {name: seen["needs_dags"][name] for name in seen["triggers"] if name in seen["needs_dags"]} == {}


@pytest.mark.long
def test_without_its_ignore_file_every_module_would_be_a_broken_plugin(artifacts, tmp_path):
    image = Image(tmp_path, artifacts / MWAA)
    (image.home / "plugins" / ".airflowignore").unlink()
    found = probe(image)["plugins"]
    assert any("No module named 'clickstream'" in reason for reason in found["errors"].values())
    assert "aws" in found["by_their_bare_names"]


@pytest.fixture
def aws(tmp_path):
    with LocalAwsProcess(tmp_path / "aws") as aws:
        yield aws


@pytest.fixture
def run_dag(aws, image):
    """``airflow dags test`` in the image, with a database of its own; the finished process."""
    given = {"PATH": image.environment({})["PATH"]}
    reach = {name: value for name, value in local_environment(aws.endpoint_url, given).items() if name not in given}
    migrated = image.airflow("db", "migrate", **reach)
    assert migrated.returncode == 0, migrated.stderr
    return lambda dag, conf: image.airflow("dags", "test", dag, "--conf", json.dumps(conf), **reach)


def test_a_day_is_rolled_back_there(aws, run_dag):
    """The whole DAG: catalog, a merge and a verification by Athena, deferred; readers see the earlier run."""
    stack = Stack(aws.endpoint_url)
    stack.create_buckets()
    stack.create_catalog()
    stack.create_workgroup()
    publish(stack.catalog, {THIRD: run_of(stack.catalog, THIRD, {THIRD: ["a"]})})
    earlier = run_of(stack.catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]}, "jr_1")
    publish(stack.catalog, {FIFTH: earlier})
    publish(stack.catalog, {FIFTH: run_of(stack.catalog, FIFTH, {FIFTH: ["b", "c"]}, "jr_2")})
    assert shown(stack.catalog) == {"2024-12-03": ["a"], "2024-12-05": ["b", "c"]}

    request = {"action": "rollback", "arrival_day": str(FIFTH), "run_id": earlier}
    done = run_dag("clickstream_rollback", request)

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert shown(stack.catalog) == {"2024-12-03": ["a", "late"], "2024-12-05": ["b"]}


@pytest.mark.long
def test_a_day_becomes_a_table_there(aws, run_dag, artifacts):
    """The daily DAG, with the real Glue job."""
    stack = Stack(aws.endpoint_url)
    stack.create(build_local(artifacts))
    event = {
        "event_id": "11111111-2222-4333-8444-555555555555",
        "event_type": "page_view",
        "event_timestamp": f"{FIFTH}T01:02:03Z",
        "session_id": "s1",
    }
    key = layout.raw_prefix(FIFTH) + "hour=01/one.gz"
    stack.client("s3").put_object(
        Bucket=stack.name("raw_bucket"), Key=key, Body=gzip.compress(json.dumps(event).encode() + b"\n")
    )

    done = run_dag("clickstream_daily", {"arrival_day": str(FIFTH)})

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert shown(stack.catalog) == {str(FIFTH): [event["event_id"]]}
