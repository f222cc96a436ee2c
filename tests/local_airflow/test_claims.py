import os
import socket

import pytest

from local_airflow.claims import TakenError, emptied, usable_port


def test_a_free_port_is_taken_as_it_is():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert usable_port(port, "") == port


def test_zero_takes_a_free_port():
    assert usable_port(0, "") > 1024


def test_a_port_that_somebody_listens_on_is_refused_with_advice():
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(TakenError, match="Address already.*; try 1"):
        usable_port(server.getsockname()[1], "try 1")


def test_a_folder_is_emptied(tmp_path):
    for _ in range(2):
        with emptied(tmp_path / "home") as home:
            assert list(home.iterdir()) == []
            (home / "old").mkdir()


def test_a_folder_that_somebody_else_filled_is_left_alone(tmp_path):
    (tmp_path / "home" / "photos").mkdir(parents=True)
    with pytest.raises(TakenError, match="not made by this command"), emptied(tmp_path / "home"):
        pass
    assert (tmp_path / "home" / "photos").exists()


def test_a_folder_that_is_in_use_keeps_what_it_holds(tmp_path):
    with emptied(tmp_path / "home") as home:
        (home / "mine").touch()
        with pytest.raises(TakenError, match="in use by another process"), emptied(tmp_path / "home"):
            pass
        assert (home / "mine").exists()
    with emptied(tmp_path / "home"):
        pass


@pytest.mark.skipif(not os.geteuid(), reason="root may delete everything")
def test_a_folder_of_another_user_is_named(tmp_path):
    with emptied(tmp_path / "home") as home:
        (home / "theirs").mkdir()
    (tmp_path / "home" / "theirs" / "file").touch()
    (tmp_path / "home" / "theirs").chmod(0o500)
    with pytest.raises(TakenError, match="cannot be emptied"), emptied(tmp_path / "home"):
        pass
