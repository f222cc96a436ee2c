"""Where this deployment lives: `[clickstream]` of Airflow's configuration and the names that follow from it.

No environment value is typed in code: the settings arrive as `AIRFLOW__CLICKSTREAM__*` (on Amazon MWAA as the
configuration options `clickstream.*`), every name is a template of `pipeline.json`.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from clickstream.resources import read_json

Lookup = Callable[[str], str | None]

# option: (pattern, what a valid value is in the reader's words, default)
_OPTIONS: dict[str, tuple[str, str, str | None]] = {
    "environment": (r"[a-z][a-z0-9]{0,15}", "1 to 16 lower-case letters and digits, such as dev", None),
    "account_id": (r"[0-9]{12}", "the 12 digits of the AWS account", None),
    "region": (r"[a-z]{2}(-[a-z]+)+-[0-9]", "an AWS region, such as eu-west-1", None),
    "poll_seconds": (r"[1-9][0-9]{0,2}", "1 to 999 seconds between two looks at a Glue run, crawl or query", "15"),
    "alert_topic_arn": (
        r"(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)?",
        "the ARN of the SNS topic for alerts; without it they only go to the log",
        "",
    ),
}


class SettingsError(ValueError):
    """A setting is missing or malformed; the message names the variable to set."""


@dataclass(frozen=True)
class Settings:
    """The settings and the resource names that follow from them (``settings.name("raw_bucket")``)."""

    environment: str
    account_id: str
    region: str
    poll_seconds: str = "15"
    alert_topic_arn: str = ""

    def name(self, role: str) -> str:
        """The name of a resource: a key of ``names`` in pipeline.json."""
        template: str = read_json("pipeline.json")["names"][role]
        return template.format(environment=self.environment, account_id=self.account_id)

    @property
    def raw_uri(self) -> str:
        return f"s3://{self.name('raw_bucket')}/"

    @property
    def processed_uri(self) -> str:
        return f"s3://{self.name('processed_bucket')}/"

    @property
    def work_uri(self) -> str:
        return f"s3://{self.name('work_bucket')}/"


def table(role: str) -> str:
    """The name of a catalog table: a key of ``tables`` in pipeline.json."""
    name: str = read_json("pipeline.json")["tables"][role]
    return name


def prefix(role: str) -> str:
    """A key prefix: a key of ``prefixes`` in pipeline.json."""
    value: str = read_json("pipeline.json")["prefixes"][role]
    return value


@dataclass(frozen=True)
class Limits:
    """``limits`` of pipeline.json; units are in the names."""

    max_lateness_days: int
    future_tolerance_minutes: int
    max_line_bytes: int
    max_object_line_bytes: int
    max_quarantined_share: float
    day_closes_after_minutes: int
    superseded_retention_days: int


def limits() -> Limits:
    return Limits(**read_json("pipeline.json")["limits"])


def read_settings(lookup: Lookup | None = None, named: Callable[[str], str] | None = None) -> Settings:
    """The settings, or SettingsError. ``lookup(option)`` gives an option's text or None; default: the environment.

    ``named(option)`` is what an error tells the reader to set; default: the variable.
    """
    lookup = lookup or environment_lookup(os.environ)
    return Settings(**{option: _checked(option, lookup(option), (named or variable)(option)) for option in _OPTIONS})


def environment_lookup(environ: Mapping[str, str]) -> Lookup:
    return lambda option: environ.get(variable(option))


def variable(option: str) -> str:
    """The environment variable that sets an option, as Airflow derives it."""
    return f"AIRFLOW__CLICKSTREAM__{option.upper()}"


def _checked(option: str, value: str | None, name: str) -> str:
    pattern, expected, default = _OPTIONS[option]
    value = default if value is None or not value.strip() else value.strip()
    if value is None:
        on_mwaa = f" (on Amazon MWAA: configuration option clickstream.{option})" if name == variable(option) else ""
        raise SettingsError(f"{name} is not set: expected {expected}{on_mwaa}")
    if not re.fullmatch(pattern, value):
        raise SettingsError(f"{name}: expected {expected}, got {value!r}")
    return value
