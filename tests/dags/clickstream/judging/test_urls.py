import pytest

from clickstream.contract import load_contract
from clickstream.judging.urls import scrubbed
from tests.corpus_values import ADDRESSES, HOSTILE_ADDRESSES


@pytest.mark.parametrize(("url", "cut"), [*ADDRESSES.values(), ("/a&token=1", "/a&token="), ("#", "")])
def test_what_may_name_a_person_is_cut(url: str, cut: str) -> None:
    assert scrubbed(url, load_contract().personal_url_parameters) == cut


@pytest.mark.timeout(60)  # where the time grows with the square of the length, one of them takes minutes
@pytest.mark.parametrize("url", HOSTILE_ADDRESSES, ids=lambda url: url[:12])
def test_hostile_address_takes_linear_time(url: str) -> None:
    assert scrubbed(url, load_contract().personal_url_parameters)
