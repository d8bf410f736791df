"""Texts in several languages, as they stand in documents."""

from domain.wording import Localised, Translation
from mongo.driver import Document


def localised_document(localised: Localised) -> Document:
    translations = [{"locale": t.locale, "text": t.text} for t in localised.translations]
    return {"text": localised.text, "translations": translations}


def localised_of(document: Document) -> Localised:
    return Localised(
        document["text"],
        tuple(Translation(t["locale"], t["text"]) for t in document["translations"]),
    )
