"""Everything the API calls, composed once per process and handed to every request."""

from dataclasses import dataclass

from consent.service import Consents
from customers.attributes import AttributeDefinitions
from customers.defining import AttributeService
from customers.notes import NoteService
from customers.service import CustomerService
from customers.tag_removal import TagRemoval
from customers.tags import Tags, TagService
from domain.customer import Customers
from domain.events import Facts
from domain.idempotency import Once
from domain.ports import Clock
from domain.work import UnitOfWork
from enrichment.judging import Judging
from enrichment.service import Enrichment
from enrichment.sweeping import Sweeping
from loyalty.service import Loyalty


@dataclass(frozen=True, slots=True)
class Services:
    """One controller's services over one database."""

    clock: Clock
    work: UnitOfWork
    once: Once
    facts: Facts
    customers: Customers
    customer: CustomerService
    tags: TagService
    tag_removal: TagRemoval
    tag_definitions: Tags
    attributes: AttributeService
    attribute_definitions: AttributeDefinitions
    notes: NoteService
    consents: Consents
    loyalty: Loyalty
    enrichment: Enrichment
    judging: Judging
    sweeping: Sweeping
