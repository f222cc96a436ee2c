import json
import random
import uuid

import pytest
from event_model import BOTS, COUNTRIES, DEVICES, RATES, Product, fields, products, skewed, uuid4, visitor

from clickstream.contract import load_contract


def test_fields_escape_what_json_must_and_leave_empty_text_out():
    values = {"a": 'Pan 11"', "b": "größe\n", "c": "", "d": 0}
    assert json.loads("{" + fields(values) + "}") == {"a": 'Pan 11"', "b": "größe\n", "d": 0}


def test_ids_are_version_4_uuids_from_the_seed():
    first = [uuid4(random.Random(3)) for _ in range(2)]
    assert first[0] == first[1] == str(uuid.UUID(first[0]))
    rng = random.Random(3)
    made = [uuid.UUID(uuid4(rng)) for _ in range(100)]
    assert {one.version for one in made} == {4}
    assert {one.variant for one in made} == {uuid.RFC_4122}


@pytest.mark.parametrize("size", [1, 2, 100])
def test_skewed_ranks_stay_in_range_and_favour_the_first(size):
    rng = random.Random(1)
    ranks = [skewed(rng, size, head=1) for _ in range(5000)]
    assert set(ranks) <= set(range(size))
    assert size == 1 or ranks.count(0) > ranks.count(size - 1)


def test_prices_fit_the_contract_in_every_currency():
    for product in products(random.Random(1)):
        for currency in RATES:
            price = json.loads("{" + product.rendered(currency) + "}")["price"]
            assert 0 < price < 10**10
            assert round(price, 2) == price


def test_a_price_follows_its_currency():
    product = Product(1, "Tent", "Outdoor", "Basics", cents=1000)
    assert (product.price("EUR"), product.price("JPY")) == (1009, 160009)


def test_every_currency_has_a_rate():
    assert {currency for _, currency in COUNTRIES.values()} == set(RATES)


def test_device_types_are_the_contracts():
    accepted = set(load_contract().column("device_type").accepted_values)
    assert {device_type for _, device_type, _ in DEVICES + BOTS} <= accepted


def test_a_bot_is_never_registered():
    rng = random.Random(1)
    bots = [visitor(rng, rank, is_bot=True) for rank in range(100)]
    assert not any(bot.is_registered or '"user_id"' in bot.rendered for bot in bots)
