"""Every type that the local AWS creates, in the order in which AWS needs what comes before; and creating them."""

from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType

from local_aws.planned import athena, buckets, catalog, crawlers, functions, jobs, keys, logs, messages, roles, streams
from local_aws.planned.absent import ABSENT
from local_aws.planned.account import Account
from local_aws.planned.creator import Creator, Json, arguments_of
from local_aws.planned.plan import PlanError, Resource

# Made in this order.
MODULES: tuple[ModuleType, ...] = (
    keys, roles, logs, buckets, messages, catalog, jobs, crawlers, streams, athena, functions,
)  # fmt: skip
CREATORS: Mapping[str, Creator] = {kind: creator for module in MODULES for kind, creator in module.CREATORS.items()}
FILES: Mapping[str, str] = {
    kind: f"{module.__name__.replace('.', '/')}.py" for module in MODULES for kind in module.CREATORS
}


def create_resources(resources: Iterable[Resource], account: Account) -> None:
    """Creates them all; PlanError, before the first call, where the local AWS cannot be true to one of them."""
    order = list(CREATORS)
    wanted = sorted(local_part(resources), key=lambda resource: order.index(resource.type))
    prepared = [(CREATORS[one.type], prepared_arguments(one, account)) for one in wanted]
    for creator, arguments in prepared:
        creator.create(account.as_created(arguments), account)


def prepared_arguments(resource: Resource, account: Account) -> Json:
    return arguments_of(resource, CREATORS[resource.type], account.region, FILES[resource.type])


def local_part(resources: Iterable[Resource]) -> Iterator[Resource]:
    """Those that are created here; PlanError for a type that nobody decided about."""
    for resource in resources:
        if resource.type in CREATORS:
            yield resource
        elif resource.type not in ABSENT:
            raise PlanError(
                f"{resource.address} is planned, and the local AWS has no {resource.type}: create it in one of "
                "local_aws/planned/, or say in local_aws/planned/absent.py why it has no local part"
            )
