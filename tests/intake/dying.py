"""A unit of work whose process is gone after so many commits."""


class Killed(Exception):
    """The process is gone."""


class Dying:
    """Commits so often, and never again."""

    def __init__(self, work, after):
        self.work, self.left = work, after

    async def commit(self, changes):
        if not self.left:
            raise Killed
        self.left -= 1
        await self.work.commit(changes)
