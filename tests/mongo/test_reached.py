"""A short command finds the server of a running Rapport, and lends its own to nobody."""

import asyncio

import structlog

from mongo.server import address, lock
from mongo.server.address import Running
from mongo.server.embedded import reached

LOG = structlog.stdlib.get_logger("rapport.test")
SERVER = Running("mongodb://127.0.0.1:1/", "wheel", "")


async def test_a_command_with_a_database_of_its_own_announces_it_to_nobody(tmp_path):
    async with reached(tmp_path, log=LOG) as running:
        assert running.url
        assert address.attach(tmp_path) is None


async def test_a_server_that_is_just_starting_is_waited_for(tmp_path):
    async def announced():
        await asyncio.sleep(0.3)
        address.announce(tmp_path, SERVER)

    async with lock.held(tmp_path), asyncio.TaskGroup() as group:
        group.create_task(announced())
        async with reached(tmp_path, log=LOG) as running:
            assert running == SERVER
