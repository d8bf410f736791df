"""The folders, the wheel, the type checkers, coverage and the import contracts agree."""

import copy
from pathlib import Path

import pytest

from tests.house.code import ROOT, configuration
from tests.house.layout import disagreements


def test_there_is_one_list_of_packages():
    assert list(disagreements(configuration(), ROOT)) == []


def drop(config, *path):
    place = config
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = place[path[-1]][1:]
    return config


CONTRACT = ("tool", "importlinter", "contracts")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("tool", "mypy", "packages"), "tool.mypy"),
        (("tool", "pyright", "include"), "tool.pyright"),
        (("tool", "coverage", "run", "source"), "tool.coverage"),
        (("tool", "importlinter", "root_packages"), "root_packages"),
        ((*CONTRACT, 0, "layers"), "contract layers"),
        ((*CONTRACT, 1, "source_modules"), "contract driver"),
        ((*CONTRACT, 2, "source_modules"), "contract graphql"),
        ((*CONTRACT, 3, "source_modules"), "contract root"),
    ],
)
def test_a_package_forgotten_in_one_place_is_found(path, place):
    (found,) = disagreements(drop(copy.deepcopy(configuration()), *path), ROOT)
    assert place in found


def test_a_package_listed_twice_is_found():
    config = copy.deepcopy(configuration())
    config["tool"]["mypy"]["packages"].append("domain")
    assert "one of them twice" in next(disagreements(config, ROOT))


def test_a_folder_nobody_listed_is_found(tmp_path: Path):
    for name in (*configuration()["tool"]["mypy"]["packages"], "stowaway", "tests"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (found,) = disagreements(configuration(), tmp_path)
    assert found.endswith("differ by: stowaway")
