"""Phone numbers as shops in the United States hold them, which reach nobody.

555-0100 to 555-0199 are kept for fiction in every area of the North American plan.
"""

from domain import contact


def _is_area(code: int) -> bool:
    found = contact.phone(f"+1{code}5550100", None)
    return found.region == "US" and not contact.is_shared_line(found)


_AREAS = [code for code in range(200, 1_000) if _is_area(code)]

MOST = 100 * len(_AREAS)
"""So many numbers there are; so many in a row are each another one."""


def phone(number: int) -> str:
    """In E.164."""
    line, area = divmod(number % MOST, len(_AREAS))
    return f"+1{_AREAS[area]}55501{line:02d}"
