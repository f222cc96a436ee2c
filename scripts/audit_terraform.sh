#!/bin/sh
# What others think of terraform/: tflint, parliament on every policy of local_aws/stack.json, and checkov (skips with
# reasons in terraform/.checkov.yaml). Needs PyPI and Go's module proxy once; no account, no registry of providers.
set -eu
cd "$(dirname "$0")/.."
cache="${CLICKSTREAM_CACHE:-.cache}/audit"
lock=requirements-audit.txt
tflint_version=0.64.0
policies=$(mktemp -d)
trap 'rm -rf "$policies"' EXIT

is_tflint() { "$1" --version 2>/dev/null | grep -q "TFLint version $tflint_version"; }

# The one on the PATH, or one that Go builds; nothing where there is neither.
find_tflint() {
    for candidate in tflint "$cache/tflint"; do
        if is_tflint "$candidate"; then command -v "$candidate"; return; fi
    done
    command -v go >/dev/null 2>&1 || return 0
    echo "audit: building tflint $tflint_version (two minutes, once) ..." >&2
    mkdir -p "$cache"
    GOBIN=$(cd "$cache" && pwd) go install "github.com/terraform-linters/tflint@v$tflint_version" >&2
    echo "$cache/tflint"
}

tflint=$(find_tflint)
if [ -n "$tflint" ]; then
    "$tflint" --chdir=terraform
    echo "tflint: clean"
elif [ "${CI:-}" = true ]; then
    echo "tflint: expected tflint $tflint_version on the PATH, or Go to build it; found neither" >&2
    exit 1
else
    echo "tflint: not run (neither tflint $tflint_version nor Go is on the PATH)"
fi

if ! { [ -f "$cache/.installed" ] && cmp -s $lock "$cache/.installed"; }; then
    rm -rf "$cache/python"
    .venv/bin/uv venv --quiet --python .venv/bin/python "$cache/python"
    VIRTUAL_ENV="$cache/python" .venv/bin/uv pip sync --quiet --require-hashes $lock
    cp $lock "$cache/.installed"
fi

.venv/bin/python - "$policies" <<'PYTHON'
import json
import sys
from pathlib import Path

resources = json.loads(Path("local_aws/stack.json").read_text(encoding="utf-8"))["resources"]
identity = [one for one in resources if one["type"] in ("aws_iam_policy", "aws_iam_role_policy")]
for number, one in enumerate(identity):
    Path(sys.argv[1], f"{number}.json").write_text(one["values"]["policy"], encoding="utf-8")
sys.exit(0 if identity else "no policy in local_aws/stack.json")
PYTHON
"$cache/python/bin/python" -W ignore "$cache/python/bin/parliament" --directory "$policies"
echo "parliament: clean"

"$cache/python/bin/checkov" --directory terraform --config-file terraform/.checkov.yaml
echo "checkov: clean"
