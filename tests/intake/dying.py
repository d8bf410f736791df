"""A unit of work whose process is gone after so many commits."""

from domain.work import UnitOfWork


class Killed(Exception):
    """The process is gone."""


class Dying(UnitOfWork):
    """Commits so often, and never again."""

    def __init__(self, work, after):
        self.work, self.left = work, after

    async def commit(self, changes):
        if not self.left:
            raise Killed
        self.left -= 1
        await self.work.commit(changes)
