"""Rules of security and operation, each a function from a plan to what breaks it. The mutations break each once."""

from collections.abc import Callable, Iterable
from functools import cache

from terraform_tree import FULL, Planned

PLANS = ("local", "dev", "prod", FULL)  # what every rule holds for
Guard = Callable[[Planned], Iterable[str]]


@cache
def all_guards() -> dict[str, Guard]:
    """Every rule by its name, which says what holds."""
    # Imported here: the modules below import this one's types.
    from tests.terraform import (
        guards_access,
        guards_network,
        guards_operation,
        guards_parts,
        guards_policies,
        guards_services,
        guards_storage,
    )

    modules = (
        guards_storage, guards_policies, guards_access, guards_services, guards_parts, guards_operation, guards_network,
    )  # fmt: skip
    return {name: guard for module in modules for name, guard in module.GUARDS.items()}
