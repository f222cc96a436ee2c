#!/bin/sh
# The Glue job's tests under Python 3.11, which Glue 5.1 runs, with no package of ours or Airflow's but the job's own.
set -eu
cd "$(dirname "$0")/.."
lock=requirements-glue.txt
venv=.cache/glue-python

find_311() {
    for candidate in python3.11 python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.11.*/bin/python; do
        if "$candidate" -c 'import sys; raise SystemExit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            command -v "$candidate"; return
        fi
    done
    echo 3.11 # uv may have one, or fetch it
}

if ! { [ -f $venv/.installed ] && cmp -s $lock $venv/.installed; }; then
    rm -rf $venv
    .venv/bin/uv venv --quiet --python "$(find_311)" $venv
    VIRTUAL_ENV=$venv .venv/bin/uv pip sync --quiet --require-hashes $lock
    cp $lock $venv/.installed
fi
export CLICKSTREAM_LOCAL_AWS_PYTHON="$PWD/.venv/bin/python"
PYTHONPATH=dags:glue_scripts exec $venv/bin/python -m pytest -q -p no:cacheprovider tests/glue_scripts "$@"
