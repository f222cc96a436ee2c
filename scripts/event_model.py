"""The shop that the generated events come from: its countries, devices, pages, products and visitors, as data.

Everything that many events share is rendered to JSON once, here; an event is then a few pieces put together.
"""

import json
import random
from dataclasses import dataclass
from typing import Any

SITE = "https://shop.example.com"

# country: (share of the visitors, currency)
COUNTRIES = {
    "DE": (26, "EUR"),
    "US": (20, "USD"),
    "GB": (13, "GBP"),
    "FR": (11, "EUR"),
    "NL": (7, "EUR"),
    "PL": (6, "PLN"),
    "SE": (5, "SEK"),
    "CH": (4, "CHF"),
    "JP": (4, "JPY"),
    "BR": (3, "BRL"),
    "IN": (1, "INR"),
}
# What one euro costs: invented, fixed, and of the right order
RATES = {
    "EUR": 1.0,
    "USD": 1.08,
    "GBP": 0.86,
    "PLN": 4.3,
    "SEK": 11.2,
    "CHF": 0.95,
    "JPY": 160.0,
    "BRL": 5.9,
    "INR": 90.0,
}

_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5"
_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"
# (share, device type, user agent)
DEVICES = (
    (24, "desktop", f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME} Safari/537.36"),
    (9, "desktop", f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_SAFARI} Safari/605.1.15"),
    (6, "desktop", f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME} Safari/537.36 Edg/126.0.0.0"),
    (4, "desktop", "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"),
    (24, "mobile", f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {_SAFARI} Mobile/15E148 Safari/604.1"),
    (20, "mobile", f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {_CHROME} Mobile Safari/537.36"),
    (4, "mobile", "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0"),
    (4, "tablet", f"Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) {_SAFARI} Mobile/15E148 Safari/604.1"),
    (3, "tablet", f"Mozilla/5.0 (Linux; Android 13; SM-X710) {_CHROME} Safari/537.36"),
    (
        1,
        "tv",
        "Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/538.1 (KHTML, like Gecko) TV Safari/538.1",
    ),
)
BOTS = (
    (6, "bot", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    (3, "bot", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"),
    (2, "bot", "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"),
    (1, "bot", "python-requests/2.32.3"),
)
NETWORKS = ("192.0.2", "198.51.100", "203.0.113")  # RFC 5737: documentation only, nobody's addresses

CATEGORIES = {
    "Shoes": ("Trail Shoe", "Sneaker", "Boot", "Sandal"),
    "Clothing": ("Rain Jacket", "T-Shirt", "Jeans", "Merino Jumper", "Cap"),
    "Outdoor": ("Tent", "Sleeping Bag", "Head Torch", "Rucksack 40 l"),
    "Kitchen": ("Espresso Pot", "Crème brûlée Set", "Chef's Knife", 'Pan 11"'),
    "Electronics": ('Monitor 27"', "Headphones", "Keyboard", "Power Bank"),
    "Books": ("Atlas", "Cook Book", "Novel"),
    "Toys": ("Building Blocks", "Kite", "Puzzle 1000"),
    "Garden": ("Secateurs", "Watering Can", "Bird House"),
}
BRANDS = ("Nordlys", "Alpenglück", "Kestrel & Co", "Tomodachi", "Basics", "Río Verde")

# (path, title, share of the page views)
PAGES = (
    ("/", "Home", 40),
    ("/sale", "Sale: up to 50% off", 18),
    ("/blog/how-to-choose-a-tent", "How to choose a tent", 9),
    ("/blog/coffee-at-home", "Coffee at home", 7),
    ("/help/delivery", "Delivery & returns", 6),
    ("/account", "Your account", 6),
    ("/about", "About us", 3),
    ("/help/contact", "Contact", 2),
    ("/newsletter", "Newsletter", 2),
    ("/imprint", "Imprint", 1),
)
# (share, query of the landing page, referrer). Some links carry what must never reach the table.
LANDINGS = (
    (40, "", "https://www.google.com/"),
    (22, "", ""),
    (14, "?utm_source=newsletter&utm_medium=email&utm_campaign=winter", ""),
    (10, "?utm_source=search&utm_medium=cpc&utm_campaign=brand&gclid=Cj0KCQ", "https://www.google.com/"),
    (8, "?utm_source=social&utm_medium=post", "https://social.example.net/t/42"),
    (3, "?utm_source=newsletter&email=jane.doe%40example.com", "https://mail.example.net/read?user=jane.doe"),
    (2, "?token=c2VjcmV0LXRva2Vu&page=1", ""),
    (1, "?phone=%2B49301234567#access_token=eyJhbGciOi", "https://jane:secret@partner.example.net/deals"),
)
SEARCHES = (
    "tent",
    "rain jacket",
    "größe 42",
    "espresso",
    "kite",
    'monitor 27"',
    "gift <10€",
    "安い 靴",
    "boots",
    "cap",
)


def weighted(rng: random.Random, rows: tuple[tuple[Any, ...], ...], column: int = 0) -> tuple[Any, ...]:
    """One of the rows, as often as its share says."""
    return rng.choices(rows, [row[column] for row in rows])[0]


def skewed(rng: random.Random, size: int, head: int) -> int:
    """A rank from 0 to size - 1; rank r comes as 1 / (r + head), Zipf's law with about ``head`` favourites in front."""
    return int(head * ((size / head + 1) ** rng.random() - 1))


def fields(values: dict[str, Any]) -> str:
    """The JSON members without braces; empty text leaves its field out."""
    return json.dumps(
        {key: value for key, value in values.items() if value != ""}, ensure_ascii=False, separators=(",", ":")
    )[1:-1]


def uuid4(rng: random.Random) -> str:
    """A version 4 UUID from the seeded stream."""
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


@dataclass(frozen=True)
class Product:
    number: int
    name: str
    category: str
    brand: str
    cents: int  # in EUR

    def price(self, currency: str) -> int:
        """In hundredths of the currency, ending in 9 as prices do."""
        return int(self.cents * RATES[currency]) // 10 * 10 + 9

    def rendered(self, currency: str) -> str:
        return fields(
            {
                "page_url": f"{SITE}/p/{self.number}",
                "page_title": self.name,
                "product_id": f"p-{self.number:04d}",
                "product_name": self.name,
                "product_category": self.category,
                "brand": self.brand,
                "price": self.price(currency) / 100,
                "currency": currency,
            }
        )


def products(rng: random.Random) -> list[Product]:
    """Every brand's version of every kind, the best seller first."""
    kinds = [(category, kind, brand) for category, kinds in CATEGORIES.items() for kind in kinds for brand in BRANDS]
    rng.shuffle(kinds)
    return [
        Product(number, f"{brand} {kind}", category, brand, int(rng.lognormvariate(8.2, 0.8)) + 200)
        for number, (category, kind, brand) in enumerate(kinds, start=1)
    ]


@dataclass(frozen=True)
class Visitor:
    """A person on a device, or a bot. ``rendered``: the JSON members that each of their events carries."""

    rendered: str
    currency: str
    timestamp_name: str
    is_bot: bool
    is_registered: bool


def visitor(rng: random.Random, rank: int, is_bot: bool) -> Visitor:
    country = rng.choices(list(COUNTRIES), [share for share, _ in COUNTRIES.values()])[0]
    _, device_type, user_agent = weighted(rng, BOTS if is_bot else DEVICES)
    is_registered = not is_bot and rng.random() < 0.6
    says_device = rng.random() < 0.5  # the other half leaves it, and always browser and os, to the user agent
    values = {
        "user_id": f"u-{rank:06d}" if is_registered else "",
        "anonymous_id": uuid4(rng),
        "country": country,
        "device_type": device_type if says_device else "",
        "ip_address": f"{rng.choice(NETWORKS)}.{rng.randrange(1, 255)}",
        "user_agent": user_agent,
    }
    # an older tracker calls it `timestamp`, which the contract takes too
    timestamp_name = "timestamp" if rng.random() < 0.1 else "event_timestamp"
    return Visitor(fields(values), COUNTRIES[country][1], timestamp_name, is_bot, is_registered)
