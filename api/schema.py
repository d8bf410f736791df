"""The published schema, assembled from the subjects."""

from typing import Final

import strawberry
from strawberry.schema.config import StrawberryConfig

from api import customers, errors
from api.consent_inputs import PURPOSE_KEY, PurposeKey
from api.customer_parts import EmailIdentity, ExternalIdentity, PhoneIdentity
from api.customers import CustomerMutations, CustomerQueries
from api.execution.auditing import Auditor
from api.execution.schema import Schema
from api.scalars import SCALARS
from api.viewer import ViewerQueries


@strawberry.type(description="What can be read.")
class Query(ViewerQueries, CustomerQueries):
    pass


@strawberry.type(description="What can be changed; every answer is a result or a named problem.")
class Mutation(CustomerMutations):
    pass


_SCALARS: Final = {**SCALARS, PurposeKey: PURPOSE_KEY}
_HANDLERS: Final = (*errors.HANDLERS, *customers.HANDLERS)


def published(auditor: Auditor | None = None) -> Schema:
    """The schema; without an auditor it can be printed and not asked."""
    return Schema(
        Query,
        Mutation,
        auditor=auditor,
        types=[EmailIdentity, PhoneIdentity, ExternalIdentity],
        config=StrawberryConfig(scalar_map=_SCALARS, relay_max_results=100),
        exception_handlers=list(_HANDLERS),
    )
