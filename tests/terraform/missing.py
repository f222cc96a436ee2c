"""What happens where terraform or its provider is not here: a laptop skips, CI fails. GitHub's skips, and only it, what
needs the provider that calls no API: the registry has none."""

import os
from typing import NoReturn

import pytest
from terraform_tree import NOT_OFFLINE, MissingTool, TerraformTree


def missing(error: MissingTool | str, on_github: bool = True) -> NoReturn:
    """Fails in CI, in GitHub's only with ``on_github``; skips elsewhere."""
    is_ci = os.environ.get("CI") == "true" and (on_github or not os.environ.get("GITHUB_ACTIONS"))
    (pytest.fail if is_ci else pytest.skip)(str(error))


def require_offline(tree: TerraformTree) -> None:
    """Only the registry's provider is to be had at GitHub."""
    if not tree.calls_no_api:
        missing(NOT_OFFLINE, on_github=False)
