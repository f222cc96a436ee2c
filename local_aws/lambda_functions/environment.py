"""What a function finds around it: environment variables, and boto3, which Lambda's own runtime has."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from local_aws.principals import role_name
from local_aws.safety import local_environment

# boto3 and what it needs, as importable names; a test compares them with what the installed boto3 requires.
RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six")
KEPT = ("PATH",)


def runtime_folder(folder: Path) -> Path:
    """``folder`` with links to boto3 and its dependencies, and to nothing else that is installed on this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in RUNTIME_PACKAGES:
        source = source_of(name)
        link = folder / source.name
        if not link.exists():
            link.symlink_to(source)
    return folder


def source_of(name: str) -> Path:
    """The folder of a package, or the file of a module."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"expected {name}, which Lambda's runtime has, among the installed packages")
    origin = Path(spec.origin)
    return origin.parent if spec.submodule_search_locations else origin


def environment_of(configuration: Mapping[str, Any], endpoint_url: str, code: Path, log_stream: str) -> dict[str, str]:
    """All environment variables of an execution environment; AWS clients in it call ``endpoint_url`` as its role."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    own = {
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{configuration['Runtime']}",
        "AWS_LAMBDA_FUNCTION_NAME": configuration["FunctionName"],
        "AWS_LAMBDA_FUNCTION_VERSION": configuration["Version"],
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration["MemorySize"]),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": configuration["LoggingConfig"]["LogFormat"],
        "AWS_LAMBDA_LOG_GROUP_NAME": configuration["LoggingConfig"]["LogGroup"],
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "LAMBDA_TASK_ROOT": str(code),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "_HANDLER": configuration["Handler"],
    }
    given = (configuration.get("Environment") or {}).get("Variables") or {}
    return local_environment(endpoint_url, kept, role_name(configuration["Role"])) | own | given
