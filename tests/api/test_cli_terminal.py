"""How commands speak: columns that line up in any script, and a name that can be typed."""

from api.cli_terminal import own_name, table, unusable


def test_columns_line_up_also_below_wide_letters():
    assert table(("who", "points"), ("蓮", "5"), ("Ada", "7")) == [
        "who  points",
        "蓮   5",
        "Ada  7",
    ]


def test_a_command_is_typed_as_this_one_was(tmp_path):
    assert own_name(".venv/bin/rapport", None, "python3") == ".venv/bin/rapport"
    assert own_name("/my shop/bin/rapport", "/usr/bin/rapport", "p") == "'/my shop/bin/rapport'"
    assert own_name("/shop/api/__main__.py", "/usr/bin/rapport", "p 3") == "'p 3' -m api"


def test_what_the_shell_finds_by_name_is_typed_by_name(tmp_path):
    found = tmp_path / "rapport"
    found.touch()
    link = tmp_path / "bin" / "rapport"
    link.parent.mkdir()
    link.symlink_to(found)
    assert own_name(str(found), str(link), "python3") == "rapport"


def test_a_failure_names_the_file_where_it_is_about_one():
    assert unusable(OSError(2, "No such file", "a.csv")) == "a.csv: No such file."
    assert unusable(OSError(28, "No space left")) == "No space left."
    assert unusable(TimeoutError()) == "TimeoutError."
