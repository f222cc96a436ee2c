"""``awsglue.utils``: a job's arguments, read as Glue reads them, that is with argparse."""

import argparse
from collections.abc import Sequence
from typing import NoReturn

BOOKMARK_OPTIONS = ("job-bookmark-enable", "job-bookmark-pause", "job-bookmark-disable")
CONTINUATION_OPTIONS = ("continuation-enabled", "continuation-readonly", "continuation-ignore")
BOOKMARK_RANGE = ("job-bookmark-from", "job-bookmark-to")
# Read always, so that a job may not ask for them itself; with the values that they may have.
RESERVED: dict[str, Sequence[str] | None] = {
    "job-bookmark-option": BOOKMARK_OPTIONS,
    "continuation-option": CONTINUATION_OPTIONS,
    **dict.fromkeys(BOOKMARK_RANGE),
    "JOB_ID": None,
    "JOB_RUN_ID": None,
    "SECURITY_CONFIGURATION": None,
    "encryption-type": ("sse-s3",),
}
TEMPORARY = ("TempDir", "RedshiftTempDir")  # read always, never required; a job may name them


class GlueArgumentError(Exception):
    """An argument is missing, or has a value that it may not have."""


class GlueArgumentParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise GlueArgumentError(message)


def getResolvedOptions(args: Sequence[str], options: Sequence[str]) -> dict[str, str | None]:
    """``sys.argv`` and the names of the required options -> their values, with Glue's own beside them.

    As in Glue: other arguments are ignored; a missing option is a GlueArgumentError naming it; a reserved name is a
    RuntimeError; an unambiguous beginning of a name counts as the name; the last value wins; a value that begins
    with ``--`` and holds no space is taken for an option.
    """
    parser = GlueArgumentParser()
    for name, choices in RESERVED.items():
        if name in options or name.replace("-", "_") in options:
            raise RuntimeError(f"Using reserved arguments --{name}")
        parser.add_argument(f"--{name}", choices=choices)
    for name in TEMPORARY:
        parser.add_argument(f"--{name}")
    for name in options:
        if name not in TEMPORARY:
            parser.add_argument(f"--{name}", required=True)
    resolved = vars(parser.parse_known_args(list(args[1:]))[0])
    fill_temporary(resolved)
    fill_bookmark(resolved)
    return resolved


def fill_temporary(resolved: dict[str, str | None]) -> None:
    """The two names of the temporary folder stand for each other; ``TempDir`` wins."""
    resolved["TempDir"] = resolved["TempDir"] or resolved["RedshiftTempDir"]
    resolved["RedshiftTempDir"] = resolved["TempDir"]


def fill_bookmark(resolved: dict[str, str | None]) -> None:
    """``job_bookmark_option``: given, or from the older ``continuation-option``, or off; a range only if paused."""
    older = resolved.pop("continuation_option")
    translated = BOOKMARK_OPTIONS[CONTINUATION_OPTIONS.index(older)] if older else "job-bookmark-disable"
    option = resolved["job_bookmark_option"] = resolved["job_bookmark_option"] or translated
    given = [name for name in BOOKMARK_RANGE if resolved[name.replace("-", "_")] is not None]
    if option == "job-bookmark-pause" and len(given) == 1:
        missing = next(name for name in BOOKMARK_RANGE if name not in given)
        raise RuntimeError(f"Missing option or value for --{missing}")
    if option != "job-bookmark-pause" and len(given) == len(BOOKMARK_RANGE):
        raise RuntimeError(f"Invalid option(s) {' '.join(f'--{name}' for name in BOOKMARK_RANGE)} with {option}")
