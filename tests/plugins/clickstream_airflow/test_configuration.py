import pytest

from clickstream.settings import SettingsError
from clickstream_airflow.configuration import airflow_settings
from local_airflow.environment import clickstream_options


def test_settings_come_from_airflows_configuration(monkeypatch):
    for name, value in clickstream_options().items():
        monkeypatch.setenv(name, value)
    assert airflow_settings().environment == "local"


def test_a_missing_setting_names_its_variable(monkeypatch):
    for name in clickstream_options():
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError, match="AIRFLOW__CLICKSTREAM__ENVIRONMENT"):
        airflow_settings()
