import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts.build_artifacts import MWAA, ROOT, build


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build(tmp_path_factory.mktemp("built"))


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def sources(folder: str) -> set[str]:
    """Every file under a folder of the repository but Python's caches."""
    return {name for name in files(ROOT / folder) if not name.endswith(".pyc")}


def test_same_sources_give_the_same_bytes(built, tmp_path):
    assert files(build(tmp_path)) == files(built)


@pytest.mark.parametrize("name", ["clickstream.zip", f"{MWAA}/plugins.zip"])
def test_a_zips_bytes_depend_on_no_machine(built, name):
    """Neither on its clock, its umask and its system, nor on its zlib."""
    entries = zipfile.ZipFile(built / name).infolist()
    assert entries
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {(entry.external_attr >> 16, entry.create_system) for entry in entries} == {(0o100644, 3)}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)


def test_the_jobs_zip_holds_both_packages_with_their_json_and_no_caches(built):
    names = zipfile.ZipFile(built / "clickstream.zip").namelist()
    assert {"clickstream/event_contract.json", "clickstream/user_agents.json", "clickstream_glue/run.py"} <= set(names)
    assert {name.split("/")[0] for name in names} == {"clickstream", "clickstream_glue"}
    assert not [name for name in names if "__pycache__" in name]


def test_packages_work_from_the_zip_alone(built):
    script = "import clickstream_glue.arguments, clickstream.contract as c; print(c.load_contract().version)"
    library = built / "clickstream.zip"
    code = f"import sys; sys.path.insert(0, {str(library)!r}); {script}"
    finished = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert (finished.stdout.strip(), finished.stderr) == ("1", "")


def test_entry_script_lies_beside_the_zip(built):
    assert "def main" in (built / "clickstream_transform.py").read_text()


def test_mwaas_folder_holds_what_mwaa_reads_and_nothing_else(built):
    assert {path.name for path in (built / MWAA).iterdir()} == {"dags", "plugins.zip", "requirements.txt"}
    assert (built / MWAA / "requirements.txt").read_bytes() == (ROOT / "requirements.txt").read_bytes()


def test_every_file_of_the_dags_is_there_the_ignore_file_too(built):
    assert set(files(built / MWAA / "dags")) == sources("dags")
    assert ".airflowignore" in sources("dags")


def test_every_file_of_the_plugins_lies_at_the_root_of_their_zip(built):
    names = zipfile.ZipFile(built / MWAA / "plugins.zip").namelist()
    ours = {name for name in names if not name.startswith("clickstream_library/")}
    assert ours == sources("plugins")
    assert {".airflowignore", "clickstream_airflow/__init__.py", "clickstream_plugin.py"} <= ours


def test_the_plugins_bring_the_library_for_a_web_server_without_dags(built):
    names = zipfile.ZipFile(built / MWAA / "plugins.zip").namelist()
    library = {name.removeprefix("clickstream_library/") for name in names} - set(names)
    assert library == {name for name in zipfile.ZipFile(built / "clickstream.zip").namelist() if "_glue/" not in name}


def test_a_file_that_is_gone_is_gone_from_the_dags(tmp_path):
    left = build(tmp_path) / MWAA / "dags" / "clickstream" / "an_earlier_module.py"
    left.touch()
    build(tmp_path)
    assert not left.exists()
