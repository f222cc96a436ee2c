"""The deployment's settings, from `[clickstream]` of Airflow's configuration."""

from airflow.providers.common.compat.sdk import conf

from clickstream.settings import Settings, read_settings


def airflow_settings() -> Settings:
    """The settings; SettingsError names the variable that is missing or malformed (it shows as a DAG import error)."""
    return read_settings(lambda option: conf.get("clickstream", option, fallback=None))
