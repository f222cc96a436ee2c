"""Builds what a deployment uploads.

    python scripts/build_artifacts.py [FOLDER] [--function PLATFORM ...]        (default: build; arm64)

    FOLDER/clickstream_transform.py, clickstream.zip    the Glue job's entry script, and the packages that it imports
    FOLDER/mwaa/dags/, plugins.zip, requirements.txt    what Amazon MWAA reads, laid out as in its bucket
    FOLDER/json_to_parquet.zip                          the function, for AWS Lambda on arm64
    FOLDER/json_to_parquet-PLATFORM.zip                 the function for another platform: host (this one), x86_64

The same sources give the same bytes, on any machine, so a deployment changes the artifacts only when the code did.
"""

import argparse
import itertools
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

if __package__:  # imported from the repository's root, as the local AWS does
    from scripts import function_package
else:
    import function_package  # type: ignore[import-not-found,no-redef]

ROOT = Path(__file__).resolve().parents[1]
ENTRY_SCRIPT = ROOT / "glue_scripts" / "clickstream_transform.py"
PACKAGES = (ROOT / "dags" / "clickstream", ROOT / "glue_scripts" / "clickstream_glue")
SUFFIXES = frozenset({".py", ".json", ".sql"})
LIBRARY = "clickstream.zip"
FUNCTION = "json_to_parquet"
FUNCTION_PACKAGES = (ROOT / "dags" / "clickstream", ROOT / "lambda_functions" / FUNCTION)
FUNCTION_PLATFORM = "arm64"  # of terraform/function.tf
MWAA = "mwaa"
# The DAGs' documentation, and what the operations page is made of.
MWAA_SUFFIXES = SUFFIXES | {".md", ".html", ".css", ".js", ".svg"}
LIBRARY_OF_PLUGINS = "clickstream_library"  # plugins/clickstream_plugin.py says why
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest time that a zip can hold
_PERMISSIONS = 0o100644 << 16

Member = tuple[Path, str]  # a file, and its name in the artifact


def build(target: Path) -> Path:
    """Writes the artifacts into the folder ``target``, and returns it."""
    target.mkdir(parents=True, exist_ok=True)
    _write_zip(target / LIBRARY, _packages(PACKAGES))
    shutil.copyfile(ENTRY_SCRIPT, target / ENTRY_SCRIPT.name)
    _build_mwaa(target / MWAA)
    return target


def build_function(target: Path, platform: str = FUNCTION_PLATFORM) -> Path:
    """Writes the function's zip for a platform into the folder ``target``, and returns the zip."""
    target.mkdir(parents=True, exist_ok=True)
    suffix = "" if platform == FUNCTION_PLATFORM else f"-{platform}"
    path = target / f"{FUNCTION}{suffix}.zip"
    _write_zip(path, _packages(FUNCTION_PACKAGES))
    with zipfile.ZipFile(path, "a") as archive:
        function_package.copy_wheels(archive, platform, _entry)
    return path


def build_deployed(target: Path) -> Path:
    """Writes what terraform/ uploads to AWS into the folder ``target``, and returns it."""
    build_function(target)
    return build(target)


def build_local(target: Path) -> Path:
    """Writes what the local AWS creates its stack with into the folder ``target``, and returns it."""
    build_function(target, "host")
    return build(target)


def _build_mwaa(target: Path) -> None:
    dags, plugins = ROOT / "dags", ROOT / "plugins"
    _copy(target / "dags", _members(dags, dags, MWAA_SUFFIXES))
    library = ((source, f"{LIBRARY_OF_PLUGINS}/{name}") for source, name in _packages([dags / "clickstream"]))
    members = itertools.chain(_members(plugins, plugins, MWAA_SUFFIXES), library)
    _write_zip(target / "plugins.zip", sorted(members, key=lambda member: member[1]))
    shutil.copyfile(ROOT / "requirements.txt", target / "requirements.txt")


def _packages(packages: Iterable[Path]) -> Iterator[Member]:
    return (member for package in packages for member in _members(package, package.parent, SUFFIXES))


def _members(folder: Path, base: Path, suffixes: frozenset[str]) -> Iterator[Member]:
    """Each file under ``folder`` that belongs into an artifact, named from ``base``, in name order."""
    for source in sorted(folder.rglob("*")):
        if source.suffix in suffixes or source.name == ".airflowignore":
            yield source, source.relative_to(base).as_posix()


def _write_zip(path: Path, members: Iterable[Member]) -> None:
    """Stored, not deflated: what deflate gives depends on the machine's zlib, and these are small."""
    with zipfile.ZipFile(path, "w") as archive:
        for source, name in members:
            archive.writestr(_entry(name), source.read_bytes())


def _entry(name: str) -> zipfile.ZipInfo:
    """A member's entry that depends on no machine."""
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = _PERMISSIONS
    entry.create_system = 3  # Unix, on any machine: the attributes above are its
    return entry


def _copy(folder: Path, members: Iterable[Member]) -> None:
    """Makes ``folder`` hold just these files; what an earlier build left there goes."""
    wanted = {folder / name: source for source, name in members}
    for path, source in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, path)
    for path in [path for path in folder.rglob("*") if path.is_file() and path not in wanted]:
        path.unlink(missing_ok=True)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Builds what a deployment uploads.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build")
    platforms = sorted(function_package.PLATFORMS)
    parser.add_argument("--function", nargs="*", choices=platforms, default=[FUNCTION_PLATFORM], metavar="PLATFORM")
    given = parser.parse_args(arguments)
    for platform in given.function:
        build_function(given.folder, platform)
    print(build(given.folder))


if __name__ == "__main__":
    main()
