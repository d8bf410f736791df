"""What a server is asked before it is announced."""

import asyncio

import pytest
from pymongo.errors import AutoReconnect, OperationFailure

from mongo.server import asking


class Answers:
    """An admin database that answers what it was told to, in order, and remembers the questions."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    async def command(self, command):
        self.asked.append(command)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_a_new_mongod_becomes_a_replica_set_of_one():
    admin = Answers(OperationFailure("not yet initialized", 94), {"ok": 1})
    await asking.initiate(admin, 4711)
    members = [{"_id": 0, "host": "127.0.0.1:4711"}]
    assert admin.asked[1] == {"replSetInitiate": {"_id": "rapport", "members": members}}


async def test_a_mongod_on_its_old_port_is_left_alone():
    admin = Answers({"config": {"version": 3, "members": [{"host": "127.0.0.1:4711"}]}})
    await asking.initiate(admin, 4711)
    assert len(admin.asked) == 1


async def test_a_mongod_on_another_port_is_told_so():
    config = {"_id": "rapport", "version": 3, "members": [{"_id": 0, "host": "127.0.0.1:1"}]}
    admin = Answers({"config": config}, {"ok": 1})
    await asking.initiate(admin, 4711)
    moved = {**config, "version": 4, "members": [{"_id": 0, "host": "127.0.0.1:4711"}]}
    assert admin.asked[1] == {"replSetReconfig": moved, "force": True}


async def test_a_mongod_that_has_not_read_its_configuration_yet_is_asked_again():
    config = {"_id": "rapport", "version": 3, "members": [{"_id": 0, "host": "127.0.0.1:1"}]}
    not_yet, already = OperationFailure("not yet", 94), OperationFailure("already", 23)
    admin = Answers(not_yet, already, {"config": config}, {"ok": 1})
    await asking.initiate(admin, 4711)
    assert list(admin.asked[3]) == ["replSetReconfig", "force"]


@pytest.mark.parametrize("question", [asking.initiate, asking.let_in])
async def test_any_other_refusal_is_not_swallowed(question):
    with pytest.raises(OperationFailure, match="no"):
        await question(Answers(OperationFailure("no", 13)), 4711)


async def test_a_user_from_an_interrupted_start_gets_the_new_password():
    admin = Answers(OperationFailure("exists", 51003), {"ok": 1})
    await asking.let_in(admin, "secret")
    assert admin.asked[1] == {"updateUser": "rapport", "pwd": "secret"}


async def test_a_server_is_ready_when_it_says_that_it_can_write():
    admin = Answers(AutoReconnect(), {"isWritablePrimary": False}, {"isWritablePrimary": True})
    await asking.until_writable(admin)
    assert admin.answers == []


class Connection:
    """A connection whose end is as it was told."""

    def __init__(self, end):
        self.end = end

    def close(self):
        pass

    async def wait_closed(self):
        if self.end:
            raise self.end


async def test_a_server_that_dies_just_after_accepting_is_waited_for(monkeypatch):
    ends = [ConnectionResetError(), None]

    async def connect(*_):
        return None, Connection(ends.pop(0))

    monkeypatch.setattr(asyncio, "open_connection", connect)
    await asking.until_open(4711)
    assert ends == []
