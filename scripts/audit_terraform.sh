#!/bin/sh
# What others think of terraform/: tflint, parliament and checkov (skips with reasons in terraform/.checkov.yaml), the two
# on a plan with all that can be asked for (terraform/tests/full.tfvars). Needs PyPI and Go's module proxy once; no account.
set -eu
cd "$(dirname "$0")/.."
cache="${CLICKSTREAM_CACHE:-.cache}/audit"
lock=requirements-audit.txt
tflint_version=0.64.0
audited=$(mktemp -d)
trap 'rm -rf "$audited"' EXIT

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

.venv/bin/python scripts/plan_audited.py "$audited"
"$cache/python/bin/python" -W ignore "$cache/python/bin/parliament" --directory "$audited/policies"
echo "parliament: clean"

checkov() { "$cache/python/bin/checkov" --config-file terraform/.checkov.yaml "$@"; }
checkov --directory terraform --var-file terraform/tests/full.tfvars
if [ -f "$audited/plan.json" ]; then checkov --file "$audited/plan.json" --framework terraform_plan; fi
echo "checkov: clean"
