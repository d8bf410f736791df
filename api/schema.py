"""The published schema, assembled from the subjects."""

from typing import Final

import strawberry
from strawberry.schema.config import StrawberryConfig

from api import customers, errors
from api.consent_inputs import PURPOSE_KEY, PurposeKey
from api.customer_parts import EmailIdentity, ExternalIdentity, PhoneIdentity
from api.customers import CustomerMutations, CustomerQueries
from api.execution.schema import Schema
from api.scalars import SCALARS
from api.viewer import ViewerQueries


@strawberry.type(description="What can be read.")
class Query(ViewerQueries, CustomerQueries):
    pass


@strawberry.type(description="What can be changed; every answer is a result or a named problem.")
class Mutation(CustomerMutations):
    pass


SCHEMA: Final = Schema(
    Query,
    Mutation,
    types=[EmailIdentity, PhoneIdentity, ExternalIdentity],
    config=StrawberryConfig(scalar_map={**SCALARS, PurposeKey: PURPOSE_KEY}, relay_max_results=100),
    exception_handlers=[*errors.HANDLERS, *customers.HANDLERS],
)
"""To be printed; ``audited_by`` makes it answer."""
