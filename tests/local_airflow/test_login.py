import json
import stat

import pytest

from local_airflow.login import Login


def test_a_password_is_new_each_time_and_never_shown_by_accident():
    login = Login.new()
    assert login.password != Login.new().password
    assert len(login.password) >= 16
    assert login.password not in repr(login)


def test_only_this_user_can_read_what_is_stored(tmp_path):
    path = tmp_path / "passwords.json"
    Login("admin", "secret").store(path)
    assert json.loads(path.read_text()) == {"admin": "secret"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_somebody_else_put_there_is_not_written_to(tmp_path):
    (tmp_path / "passwords.json").write_text("{}")
    with pytest.raises(FileExistsError):
        Login.new().store(tmp_path / "passwords.json")
