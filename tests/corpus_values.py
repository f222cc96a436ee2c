"""CORPUS.md, rules 16 to 19, 26, 27, 30, 32 and 33: what a field may hold."""

from decimal import Decimal
from typing import Any

from tests.corpus import Case, accepted, event_id, packed, refused, with_member

ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


def number(rule: int, case: str, member: str, expected: dict[str, Any] | None, reason: str = "") -> Case:
    """A line with a member as raw JSON text, so that the number keeps its digits."""
    objects = (packed(with_member(case, member.encode())),)
    return (
        Case(case, rule, objects, accepted=(expected,))
        if expected
        else Case(case, rule, objects, quarantined=(reason,))
    )


def uuid_of(case: str, form: str) -> Case:
    own = event_id(case)
    return accepted(
        16, case, {"event_id": own}, event_id=form.format(own=own, OWN=own.upper(), bare=own.replace("-", ""))
    )


UUIDS = [
    uuid_of("uuid-upper-case", "{OWN}"),
    uuid_of("uuid-braced", "{{{own}}}"),
    uuid_of("uuid-urn", "urn:uuid:{own}"),
    uuid_of("uuid-bare", "{bare}"),
    *(
        refused(16, f"no-uuid-{name}", "invalid_event_id", event_id=value)
        for name, value in {
            "text": "abc",
            "number": 42,
            "short": ID[:-1],
            "long": ID + "0",
            "not-hex": "g" + ID[1:],
            "half-brace": "{" + ID,
            "dash": ID.replace("-", "", 1),
            "space": " " + ID,
            "newline": ID + "\n",
            "object": {"a": 1},
        }.items()
    ),
]

TEXTS = [
    accepted(17, "number-as-text", {"user_id": "42"}, user_id=42),
    accepted(17, "boolean-as-text", {"user_id": "true"}, user_id=True),
    number(17, "digits-stay", '"user_id": 42.50', {"user_id": "42.50"}),
    number(17, "long-number-stays", '"user_id": 12345678901234567890123', {"user_id": "12345678901234567890123"}),
    accepted(17, "text-like-an-array", {"page_title": "[Sale] {now}"}, page_title="[Sale] {now}"),
    accepted(
        17,
        "text-like-marks",
        {"page_title": ",x", "brand": "}", "product_name": "]["},
        page_title=",x",
        brand="}",
        product_name="][",
    ),
    *(
        refused(17, f"{kind}-as-text-{name}", f"invalid_{name}", **{name: value})
        for kind, value in {"object": {"a": 1}, "array": ["x"], "empty-object": {}}.items()
        for name in ("user_id", "page_url", "user_agent")
    ),
    refused(17, "object-as-event-type", "invalid_event_type", event_type={"a": 1}),
    refused(17, "object-as-session", "invalid_session_id", session_id=["x"]),
]

PRICES = [
    *(
        number(18, f"price-{name}", f'"price": {text}', {"price": Decimal(value)})
        for name, text, value in [
            ("text", '"12.50"', "12.50"),
            ("number", "12.5", "12.50"),
            ("zero", "0", "0.00"),
            ("negative-zero", "-0.0", "0.00"),
            ("exponent", "1.25e2", "125.00"),
            ("half-up", "0.125", "0.13"),
            ("half-up-decimal", "1.005", "1.01"),
            ("half-up-double", "2.675", "2.68"),
            ("down", "1.0049999", "1.00"),
            ("through-a-double", "0.12499999999999999999", "0.13"),
            ("largest", "9999999999.99", "9999999999.99"),
        ]
    ),
    *(
        number(18, f"price-{name}", f'"price": {text}', None, "invalid_price")
        for name, text in {
            "letters": '"abc"',
            "overflow": "1e400",
            "overflow-text": '"1e400"',
            "infinity-text": '"Infinity"',
            "nan-text": '"NaN"',
            "negative": "-0.01",
            "eleven-digits": "10000000000",
            "rounds-to-eleven": "9999999999.995",
            "comma": '"12,50"',
            "space": '" 12.5"',
            "newline": '"12.5\\n"',
            "plus": '"+1"',
            "suffix": '"1d"',
            "hex": '"0x10"',
            "true": "true",
            "array": "[1]",
            "blank": '" "',
        }.items()
    ),
    number(18, "order-value-12-digits", '"order_value": 999999999999.99', {"order_value": Decimal("999999999999.99")}),
    number(18, "order-value-13-digits", '"order_value": 1000000000000', None, "invalid_order_value"),
]

QUANTITIES = [
    *(
        number(19, f"quantity-{name}", f'"quantity": {text}', {"quantity": value})
        for name, text, value in [
            ("one", "1", 1),
            ("text", '"2"', 2),
            ("whole-fraction", "2.0", 2),
            ("largest", "2147483647", 2147483647),
        ]
    ),
    *(
        number(19, f"quantity-{name}", f'"quantity": {text}', None, "invalid_quantity")
        for name, text in {
            "fraction": "1.5",
            "word": '"two"',
            "zero": "0",
            "negative": "-1",
            "too-large": "3000000000",
            "just-too-large": "2147483648",
            "overflow": "1e400",
        }.items()
    ),
]

CHOICES = [
    *(
        refused(26, f"type-{name}", "unknown_event_type", event_type=text)
        for name, text in {
            "unknown": "dance",
            "cyrillic": "pag\u0435_view",
            "kelvin": "clic\u212a",
            "number": 7,
        }.items()
    ),
    *(
        accepted(26, f"type-{name}", {"event_type": meant}, event_type=text)
        for name, text, meant in [
            ("upper-case", "PURCHASE", "purchase"),
            ("alias", "view", "page_view"),
            ("alias-upper-case", "Add_To_Cart", "add_to_cart"),
            ("alias-spaces", " cart ", "add_to_cart"),
            ("transaction", "transaction", "purchase"),
        ]
    ),
    accepted(27, "device-unknown", {"device_type": "other"}, device_type="fridge"),
    accepted(27, "device-alias", {"device_type": "mobile"}, device_type="Phone"),
    accepted(27, "country-lower-case", {"country": "DE"}, country="de"),
    *(
        refused(27, f"country-{name}", "invalid_country", country=text)
        for name, text in {
            "three": "DEU",
            "one": "D",
            "digit": "D1",
            "umlaut": "\u00d6S",
            "long-s": "u\u017f",
            "newline": "DE\n",
            "number": 49,
        }.items()
    ),
    accepted(27, "currency-lower-case", {"currency": "EUR"}, currency="eur"),
    refused(27, "currency-sign", "invalid_currency", currency="\u20ac"),
    *(
        accepted(27, f"is-bot-{text}", {"is_bot": value}, is_bot=text)
        for text, value in [("TRUE", True), ("0", False), (1, True), (False, False)]
    ),
    refused(27, "is-bot-maybe", "invalid_is_bot", is_bot="maybe"),
]

ADDRESSES = {
    "personal-parameters": (
        "https://shop.example/p?email=a%40b.com&token=x&page=2#access_token=y",
        "https://shop.example/p?email=&token=&page=2",
    ),
    "user-info": ("https://user:pw@shop.example/p", "https://shop.example/p"),
    "user-info-with-at": ("https://me@work:p@ss@shop.example/p?x=1", "https://shop.example/p?x=1"),
    "untouched": (
        "https://shop.example/a//b/../c%20d?q=%E2%82%AC&a=1&&b;c=2&Q=+x",
        "https://shop.example/a//b/../c%20d?q=%E2%82%AC&a=1&&b;c=2&Q=+x",
    ),
    "name-in-upper-case": ("/p?EMAIL=a&Token=b&x=1", "/p?EMAIL=&Token=&x=1"),
    "names-that-only-contain-one": ("/p?emailed=1&mytoken=2&tokens=3", "/p?emailed=1&mytoken=2&tokens=3"),
    "brackets": ("/p?user[email]=a&user%5Bphone%5D=b&user[city]=c", "/p?user[email]=&user%5Bphone%5D=&user[city]=c"),
    "semicolons": ("/p?a=1;email=x;b=2", "/p?a=1;email=;b=2"),
    "value-with-separators": ("/p?token=a/b?c=d&x=1", "/p?token=&x=1"),
    "session-in-path": ("/shop;jsessionid=ABC/p;v=1?x=1", "/shop;jsessionid=/p;v=1?x=1"),
    "mail-under-another-name": ("/p?contact=a@b.com&q=x%40y.org&z=%2540", "/p?contact=&q=&z=%2540"),
    "mail-without-a-name": ("/p?a@b.com&x=1", "/p?&x=1"),
    "address-in-a-parameter": (
        "/p?next=https%3A%2F%2Fh%3Fa%3D1%26token%3Dx&b=1",
        "/p?next=https%3A%2F%2Fh%3Fa%3D1%26token%3D&b=1",
    ),
    "two-in-a-parameter": (
        "/p?next=%2Fx%3Fu[email]%3Da%26u[phone]%3Db&b=1",
        "/p?next=%2Fx%3Fu[email]%3D&b=1",
    ),
    "half-escaped": ("/p?next=/x%26token=a&email%3Db&c=1", "/p?next=/x%26token=&email%3D&c=1"),
    "parameter-in-a-path": ("/a&token=x/b", "/a&token=/b"),
    "no-address": ("about:blank", "about:blank"),
}
# Each made a pattern take time that grows with the square of the length, or is alike.
HOSTILE_ADDRESSES = [
    "/p?" + "a=b@" * 20_000,
    "/p?" + "[" * 50_000,
    "https://" + "@" * 50_000,
    "/p?" + "&" * 50_000,
    "/p?" + "%25" * 20_000,
    "/p?" + "?" * 50_000,
    "/p?@" + "?" * 50_000,
    "/p?" + "%26" * 20_000,
    "/p?" + "%2526" * 20_000,
    "/p?" + "%26[a%3D" * 10_000,
    "/p?" + "x" * 50_000,
    "/p?" + "%" + "25" * 50_000,
    "/p" + ";" * 50_000 + "?" + ";" * 50_000,
    "/p?@" + "%40." * 20_000,
]
URLS = [
    accepted(30, f"{column}-{name}", {column: cut}, **{column: url})
    for name, (url, cut) in ADDRESSES.items()
    for column in ("page_url", "referrer")
]

DATA = {
    "sql": "'; DROP TABLE x; --",
    "template": "{{ var.value.x }}",
    "jndi": "${jndi:ldap://x/y}",
    "formula": '=HYPERLINK("http://x")',
    "newline": "a\nb\r\nc\td",
    "nul": "a\x00b",
    "mark-up": "<script>alert(1)</script>",
    "dollar": "$1 \\ $0",
}
KEPT = [
    *(
        accepted(
            32,
            f"data-{name}",
            {"page_title": text, "search_query": text, "properties": None},
            page_title=text,
            search_query=text,
        )
        for name, text in DATA.items()
    ),
    *(
        accepted(33, f"text-{name}", {"page_title": text, "product_name": text}, page_title=text, product_name=text)
        for name, text in {
            "emoji": "\U0001f469\u200d\U0001f4bb",
            "nfc": "\u00e9",
            "nfd": "e\u0301",
            "right-to-left": "\u202eabc\u200f",
            "long": "x" * 10_000,
            "spaces": "  a  ",
            "line-separators": "a\u2028b\u0085c",
        }.items()
    ),
]
KEPT.append(
    Case(
        "raw-utf8",
        33,
        (packed(with_member("raw-utf8", '"page_title": "\u00e4\U0001f600"'.encode())),),
        accepted=({"page_title": "\u00e4\U0001f600"},),
    )
)

CASES = [*UUIDS, *TEXTS, *PRICES, *QUANTITIES, *CHOICES, *URLS, *KEPT]
