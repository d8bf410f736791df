"""The published schema, assembled from the subjects."""

from typing import Final

import strawberry
from strawberry.schema.config import StrawberryConfig

from api import consent, customers, errors
from api.attribute_definitions import AttributeMutations, AttributeQueries
from api.consent import ConsentMutations
from api.consent_inputs import PURPOSE_KEY, PurposeKey
from api.customer_parts import EmailIdentity, ExternalIdentity, PhoneIdentity
from api.customers import CustomerMutations, CustomerQueries
from api.enrichment import EnrichmentMutations, EnrichmentQueries
from api.execution.schema import Schema
from api.loyalty import LoyaltyMutations, LoyaltyQueries
from api.notes import NoteMutations
from api.purposes import PurposeQueries
from api.scalars import SCALARS
from api.tags import TagMutations, TagQueries
from api.viewer import ViewerQueries


@strawberry.type(description="What can be read.")
class Query(
    ViewerQueries,
    CustomerQueries,
    TagQueries,
    AttributeQueries,
    LoyaltyQueries,
    PurposeQueries,
    EnrichmentQueries,
):
    pass


@strawberry.type(description="What can be changed; every answer is a result or a named problem.")
class Mutation(
    CustomerMutations,
    TagMutations,
    AttributeMutations,
    NoteMutations,
    LoyaltyMutations,
    ConsentMutations,
    EnrichmentMutations,
):
    pass


SCHEMA: Final = Schema(
    Query,
    Mutation,
    types=[EmailIdentity, PhoneIdentity, ExternalIdentity],
    config=StrawberryConfig(scalar_map={**SCALARS, PurposeKey: PURPOSE_KEY}, relay_max_results=100),
    exception_handlers=[*errors.HANDLERS, *customers.HANDLERS, *consent.HANDLERS],
)
"""To be printed; ``audited_by`` makes it answer."""
