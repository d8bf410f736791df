"""Many small reads in one command: each has its own limit and its own walk through an index."""

from collections.abc import Sequence

from mongo.driver import Document


def united(collection: str, pipelines: Sequence[Sequence[Document]]) -> list[Document]:
    """One pipeline over ``collection`` that gives what each of them gives, in their order.

    At least one is needed. A ``$facet`` would say the same, but reads the whole collection.
    """
    first, *others = pipelines
    unions = [{"$unionWith": {"coll": collection, "pipeline": list(each)}} for each in others]
    return [*first, *unions]
