import json
import random
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from event_sessions import _STEPS, LONGEST_VISIT, STEPS, Shop

from clickstream.contract import load_contract

DAY = date(2024, 12, 25)
DAY_END = 24 * 3_600_000
UNKNOWN_FIELDS = {"experiment", "element", "error_code"}


def visits(count=2000, start=36_000_000, until=DAY_END):
    shop = Shop(random.Random(1))
    return [[(moment, json.loads(line)) for moment, line in shop.visit(DAY, start, until)] for _ in range(count)]


@pytest.fixture(scope="module")
def many():
    return visits()


@pytest.fixture(scope="module")
def events(many):
    return [event for visit in many for _, event in visit]


def test_every_event_type_of_the_contract_but_none_other_is_made(events):
    accepted = set(load_contract().column("event_type").accepted_values)
    assert {event["event_type"] for event in events} == accepted


def test_events_carry_contract_fields_and_a_few_unknown_ones(events):
    names = {name for event in events for name in event}
    assert names - load_contract().known_raw_names == UNKNOWN_FIELDS
    for column in load_contract().required_columns:
        assert all(any(event.get(name) for name in column.raw_names) for event in events)


def test_every_step_is_an_event_type_and_its_shares_are_at_most_all():
    accepted = set(load_contract().column("event_type").accepted_values)
    assert {after for rows in _STEPS.values() for after, _ in rows} | set(_STEPS) <= accepted
    assert all(rows[-1][0] <= 1 for rows in STEPS.values())


def test_some_events_use_the_timestamp_alias(events):
    share = sum("timestamp" in event for event in events) / len(events)
    assert 0.02 < share < 0.3
    assert all(("timestamp" in event) != ("event_timestamp" in event) for event in events)


def test_a_visit_is_in_order_and_lasts_under_an_hour(many):
    for visit in many:
        moments = [moment for moment, _ in visit]
        assert moments == sorted(moments)
        assert moments[-1] - moments[0] <= LONGEST_VISIT
        assert len({event["session_id"] for _, event in visit}) == 1


def test_a_visit_ends_before_the_day_does():
    for visit in visits(count=300, start=DAY_END - 1):
        assert visit[-1][0] < DAY_END
        assert visit[-1][0] - visit[0][0] <= LONGEST_VISIT


def test_an_order_is_worth_what_went_into_the_cart(many):
    checked = 0
    for visit in many:
        cart = Decimal()
        for _, event in visit:
            sign = {"add_to_cart": 1, "remove_from_cart": -1}.get(event["event_type"], 0)
            if sign:
                cart += sign * Decimal(str(event["price"])) * event["quantity"]
            if event["event_type"] == "purchase":
                assert Decimal(str(event["order_value"])) == cart > 0
                checked += 1
    assert checked > 20


def test_a_purchase_comes_after_its_funnel(many):
    funnel = ["add_to_cart", "view_cart", "checkout_start", "add_shipping_info", "add_payment_info", "purchase"]
    for visit in many:
        types = [event["event_type"] for _, event in visit]
        if "purchase" in types:
            first = [types.index(step) for step in funnel]
            assert first == sorted(first)


def test_a_refund_gives_back_an_order_that_was_paid(events):
    orders = {event["order_id"]: event["order_value"] for event in events if event["event_type"] == "purchase"}
    refunds = [event for event in events if event["event_type"] == "refund"]
    assert refunds
    assert all(orders[event["order_id"]] == event["order_value"] for event in refunds)


def test_addresses_are_from_the_documentation_ranges_only(events):
    networks = ("192.0.2.", "198.51.100.", "203.0.113.")
    assert all(event["ip_address"].startswith(networks) and event["user_agent"] for event in events)


def test_some_links_carry_personal_parameters_that_the_contract_scrubs(events):
    urls = {event["page_url"] for event in events}
    assert any("utm_source=" in url for url in urls)
    assert any("email=jane.doe%40example.com" in url for url in urls)
    assert {"email", "token", "phone"} <= set(load_contract().personal_url_parameters)


def test_users_and_products_are_skewed(events):
    users = Counter(event["anonymous_id"] for event in events)
    products = Counter(event["product_id"] for event in events if "product_id" in event)
    assert sum(count for _, count in products.most_common(len(products) // 10)) > 0.3 * products.total()
    assert users.most_common(1)[0][1] > 5 * users.total() / len(users)


def test_bots_only_view_pages(events):
    bots = [event for event in events if "bot" in event["user_agent"].lower() or "python" in event["user_agent"]]
    assert {event["event_type"] for event in bots} == {"page_view"}
