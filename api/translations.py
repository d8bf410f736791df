"""Texts in several languages, as callers give them."""

import strawberry

from api.scalars import LocaleTag
from domain.wording import Translation


@strawberry.input(description="A text in another language.")
class TranslationInput:
    locale: LocaleTag = strawberry.field(description="The language (BCP 47), like de or en-GB.")
    text: str = strawberry.field(description="The text in it.")

    def read(self) -> Translation:
        return Translation(self.locale, self.text)
