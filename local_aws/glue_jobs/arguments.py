"""Job arguments: which ones Glue itself takes, how defaults and a run's own are merged, what the script sees."""

from collections.abc import Iterator, Mapping

from local_aws.errors import ServiceError, unsupported

Arguments = Mapping[str, str]

# Glue's own special parameters that this engine obeys; the script does not see them.
OBEYED = frozenset({"--extra-py-files", "--conf"})
# Glue's own that change neither data nor timing here (metrics, the Spark UI, ...); the script does not see them either.
WITHOUT_EFFECT = frozenset(
    {
        "--continuous-log-conversionPattern",
        "--enable-auto-scaling",
        "--enable-continuous-cloudwatch-log",
        "--enable-continuous-log-filter",
        "--enable-job-insights",
        "--enable-metrics",
        "--enable-observability-metrics",
        "--enable-s3-parquet-optimized-committer",
        "--enable-spark-ui",
        "--spark-event-logs-path",
    }
)
# Glue's own that would change what a run does or where its logs are: refused, unless "false".
REFUSED = frozenset(
    {
        "--additional-python-modules",
        "--class",
        "--continuous-log-logGroup",
        "--continuous-log-logStreamPrefix",
        "--custom-logGroup-prefix",
        "--custom-logStream-prefix",
        "--customer-driver-env-vars",
        "--customer-executor-env-vars",
        "--datalake-formats",
        "--disable-proxy-v2",
        "--enable-glue-datacatalog",
        "--enable-lakeformation-fine-grained-access",
        "--execution-iam-role",
        "--extra-files",
        "--extra-jars",
        "--executor-cores",
        "--python-modules-installer-option",
        "--scriptLocation",
        "--use-postgres-driver",
        "--user-jars-first",
    }
)
# Set by the engine, never by a caller.
OWN = frozenset({"--JOB_NAME", "--JOB_ID", "--JOB_RUN_ID"})
ALLOWED_VALUES = {
    "--job-language": ("python",),
    "--job-bookmark-option": ("job-bookmark-enable", "job-bookmark-pause", "job-bookmark-disable"),
    "--encryption-type": ("sse-s3",),
}


def checked(arguments: Arguments, where: str) -> Arguments:
    """The arguments themselves; ServiceError for what Glue would refuse, or what this engine cannot obey."""
    for name, value in arguments.items():
        if not isinstance(value, str) or not name.startswith("--"):
            raise ServiceError("InvalidInputException", f"{where}: expected '--name': 'text', got {name!r}: {value!r}")
        if name in OWN:
            raise ServiceError("InvalidInputException", f"{where}: {name} is set by Glue itself")
        if name in REFUSED and value != "false":
            raise unsupported("glue_jobs", f"the job parameter {name} (in {where})")
        if name in ALLOWED_VALUES and value not in ALLOWED_VALUES[name]:
            expected = " or ".join(ALLOWED_VALUES[name])
            raise ServiceError("InvalidInputException", f"{where}: {name} expects {expected}, got {value!r}")
    return arguments


def merged(defaults: Arguments, run: Arguments, fixed: Arguments) -> dict[str, str]:
    """A run's own arguments over the job's defaults, and the job's non-overridable ones over both."""
    return {**defaults, **run, **fixed}


def script_arguments(arguments: Arguments, own: Arguments) -> list[str]:
    """The script's argv after its name: ``--name value`` pairs, values untouched, Glue's own names first."""
    hidden = OBEYED | WITHOUT_EFFECT | REFUSED | {"--job-language"}
    visible = {"--job-bookmark-option": "job-bookmark-disable", **arguments}
    pairs = [*own.items(), *((name, value) for name, value in visible.items() if name not in hidden)]
    return [part for pair in pairs for part in pair]


def extra_py_files(arguments: Arguments) -> list[str]:
    return [uri.strip() for uri in arguments.get("--extra-py-files", "").split(",") if uri.strip()]


def spark_conf(arguments: Arguments) -> dict[str, str]:
    """``--conf``: ``a=b --conf c=d``, Glue's way to give several. ServiceError where it is not of that form."""
    return dict(conf_pairs(arguments.get("--conf", "")))


def conf_pairs(text: str) -> Iterator[tuple[str, str]]:
    for part in filter(None, (part.strip() for part in text.split("--conf"))):
        name, equals, value = part.partition("=")
        if not equals or not name.startswith("spark."):
            raise ServiceError("InvalidInputException", f"--conf expects spark.name=value, got {part!r}")
        yield name, value
