#!/bin/sh
# Makes .venv with everything that requirements-local.txt locks, and fetches Spark's S3 client. Safe to repeat.
# Needs Python 3.12 or uv. CLICKSTREAM_PYTHON may name the interpreter.
set -eu
cd "$(dirname "$0")/.."
lock=requirements-local.txt
stamp=.venv/.installed

is_312() { "$1" -c 'import sys; raise SystemExit(sys.version_info[:2] != (3, 12))' 2>/dev/null; }

find_python() {
    # pyenv's shims answer "command not found" for a version that is not selected, so each candidate is tried.
    for candidate in "${CLICKSTREAM_PYTHON:-}" python3.12 python3 python "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12.*/bin/python; do
        [ -n "$candidate" ] || continue
        if is_312 "$candidate"; then command -v "$candidate"; return; fi
    done
}

find_uv() {
    for candidate in uv "$HOME/.local/bin/uv"; do
        if "$candidate" --version >/dev/null 2>&1; then command -v "$candidate"; return; fi
    done
}

make_venv() {
    python=$(find_python)
    uv=$(find_uv)
    if [ -n "$uv" ]; then
        "$uv" venv --quiet --python "${python:-3.12}" .venv
    elif [ -n "$python" ]; then
        "$python" -m venv .venv || {
            echo "setup: $python has no venv module (Debian and Ubuntu: install python3.12-venv, or install uv)." >&2
            exit 1
        }
        # uv installs three times as fast as pip; its own version and hashes are in the lock too.
        mkdir -p .cache
        awk '/^[^ ]/ { keep = /^uv==/ } keep' $lock > .cache/uv.txt
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .cache/uv.txt
        uv=.venv/bin/uv
    else
        echo "setup: Python 3.12 or uv is needed and neither was found." >&2
        echo "       Tried python3.12, python3, python, pyenv's versions and uv. Name one with CLICKSTREAM_PYTHON=/path/to/python3.12" >&2
        exit 1
    fi
    VIRTUAL_ENV=.venv "$uv" pip sync --quiet --require-hashes $lock
}

if [ -f $stamp ] && cmp -s $lock $stamp && .venv/bin/python -V >/dev/null 2>&1; then
    :
else
    echo "setup: Python environment (.venv, 1.2 GB, a minute or less) ..."
    rm -rf .venv
    make_venv
    cp $lock $stamp
fi
# Asked again only when its own code or the lock changed: starting Python for it takes two seconds.
spark_stamp="${CLICKSTREAM_CACHE:-.cache}/spark/.ready"
if ! [ -f "$spark_stamp" ] || [ -n "$(find local_aws/spark*.py $lock -newer "$spark_stamp")" ]; then
    .venv/bin/python -m local_aws.spark
    touch "$spark_stamp"
fi
