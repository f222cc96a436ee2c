import pytest

from local_aws.clients import CONTAINER_NAME, local_client, require_loopback


@pytest.mark.parametrize("url", ["http://127.0.0.1:4577", "http://localhost:1", "http://[::1]:1"])
def test_loopback_is_accepted(url: str) -> None:
    assert require_loopback(url) == url


@pytest.mark.parametrize("url", ["https://s3.amazonaws.com", "http://0.0.0.0:1", "http://127.0.0.1@evil.example", ""])
def test_any_other_endpoint_is_refused_with_its_name(url: str) -> None:
    with pytest.raises(ValueError, match="nothing was sent"):
        local_client("s3", url)


def test_users_own_credentials_are_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREALREALREALREAL")
    client = local_client("s3", "http://127.0.0.1:1")
    assert client._request_signer._credentials.access_key == "local"


def test_compose_names_one_more_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONTAINER_NAME, "local-aws")
    assert require_loopback("http://local-aws:4577") == "http://local-aws:4577"
    with pytest.raises(ValueError, match="nothing was sent"):
        require_loopback("http://another:4577")


def test_name_of_a_container_means_nothing_elsewhere() -> None:
    with pytest.raises(ValueError, match="nothing was sent"):
        require_loopback("http://local-aws:4577")


@pytest.mark.parametrize("name", ["s3.amazonaws.com", "10.0.0.1", "169.254.169.254", "local-aws.", "a@b", "2130706433"])
def test_name_that_may_be_the_internets_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(CONTAINER_NAME, name)
    with pytest.raises(ValueError, match=f"{CONTAINER_NAME}: expected a container's name without a dot"):
        require_loopback(f"http://{name}:4577")
