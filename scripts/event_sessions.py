"""Visits to the shop: who comes, what they do one after the other, and the event that each step leaves behind."""

import random
from collections import deque
from collections.abc import Callable
from datetime import date
from functools import cached_property, partial
from itertools import accumulate

from event_model import (
    LANDINGS,
    PAGES,
    SEARCHES,
    SITE,
    Product,
    Visitor,
    fields,
    products,
    skewed,
    uuid4,
    visitor,
    weighted,
)

PEOPLE, BOTS = 20_000, 40
BOT_SHARE, REFUND_SHARE, EXPERIMENT_SHARE = 0.04, 0.003, 0.2  # of the visits
MEAN_PAUSE, LONGEST_PAUSE = 25_000, 240_000  # milliseconds between two events
LONGEST_VISIT = 55 * 60_000  # milliseconds; under an hour, so that a visit ends in the next hour at the latest

# After a step, the next one with its share; the rest leaves.
_STEPS = {
    "session_start": (("page_view", 0.78), ("product_view", 0.22)),
    "page_view": (
        ("page_view", 0.20),
        ("product_list_view", 0.34),
        ("search", 0.14),
        ("click", 0.08),
        ("login", 0.04),
    ),
    "click": (("page_view", 0.50), ("product_list_view", 0.30)),
    "login": (("page_view", 0.40), ("product_list_view", 0.50)),
    "search": (("product_view", 0.55), ("search", 0.12), ("product_list_view", 0.15)),
    "product_list_view": (("product_view", 0.62), ("product_list_view", 0.16), ("page_view", 0.06)),
    "product_view": (
        ("product_view", 0.24),
        ("add_to_cart", 0.20),
        ("product_list_view", 0.22),
        ("add_to_wishlist", 0.05),
        ("click", 0.04),
    ),
    "add_to_wishlist": (("product_view", 0.50), ("product_list_view", 0.30)),
    "add_to_cart": (("view_cart", 0.55), ("product_view", 0.30)),
    "remove_from_cart": (("product_list_view", 0.40),),
    "view_cart": (("checkout_start", 0.58), ("product_list_view", 0.12), ("remove_from_cart", 0.08)),
    "checkout_start": (("add_shipping_info", 0.82),),
    "add_shipping_info": (("add_payment_info", 0.86),),
    "add_payment_info": (("purchase", 0.85), ("error", 0.06)),
    "error": (("add_payment_info", 0.60),),
    "purchase": (("logout", 0.15),),
}
STEPS = {
    step: tuple(zip(accumulate(share for _, share in rows), (after for after, _ in rows), strict=True))
    for step, rows in _STEPS.items()
}
_PAGE_OF_STEP = {
    "view_cart": ("/cart", "Your cart"),
    "checkout_start": ("/checkout", "Checkout"),
    "add_shipping_info": ("/checkout/address", "Delivery address"),
    "add_payment_info": ("/checkout/payment", "Payment"),
    "login": ("/login", "Sign in"),
    "sign_up": ("/register", "Create an account"),
    "logout": ("/logout", "Goodbye"),
}
FIXED_PAGES = {
    step: fields({"page_url": SITE + path, "page_title": title}) for step, (path, title) in _PAGE_OF_STEP.items()
}


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


class Visit:
    """One visit: what its events share, and what it has in mind right now."""

    def __init__(self, guest: Visitor, shared: str, landing: str, product: Product) -> None:
        self.guest = guest
        self.shared = shared
        self.landing = landing
        self.product = product
        self.cart: list[tuple[Product, int]] = []


class Shop:
    """Makes visits, the same ones for the same random stream."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._products = products(rng)
        self._guests: dict[tuple[bool, int], Visitor] = {}
        self._rendered: dict[tuple[int, str], str] = {}
        self._orders: deque[tuple[Visitor, str]] = deque(maxlen=1000)  # what may still be given back
        self._pages = [fields({"page_url": SITE + path, "page_title": title}) for path, title, _ in PAGES]
        self._page_shares = list(accumulate(share for *_, share in PAGES))
        self._searches = [fields({"page_url": f"{SITE}/search", "search_query": query}) for query in SEARCHES]
        categories = sorted({product.category for product in self._products})
        self._lists = [
            fields({"page_url": f"{SITE}/c/{name.lower()}", "page_title": name, "product_category": name})
            for name in categories
        ]

    def visit(self, day: date, start: int, until: int) -> list[tuple[int, bytes]]:
        """The events of one visit: (millisecond of the day, JSON line), in order, all before ``until``.

        ``start`` is a millisecond of the day; a visit that would last too long begins that much earlier.
        """
        rng = self._rng
        is_refund = bool(self._orders) and rng.random() < REFUND_SHARE
        visit, steps = self._refund() if is_refund else self._shopping()
        moments = [0]
        for _ in steps[1:]:
            pause = min(LONGEST_PAUSE, 400 + int(rng.expovariate(1 / MEAN_PAUSE)))
            moments.append(min(LONGEST_VISIT, moments[-1] + pause))
        start = max(0, min(start, until - 1 - moments[-1]))
        return [
            (start + moment, self._line(visit, day, start + moment, *step))
            for moment, step in zip(moments, steps, strict=True)
        ]

    def _line(self, visit: Visit, day: date, moment: int, event_type: str, detail: str) -> bytes:
        seconds, millisecond = divmod(moment, 1000)
        minutes, second = divmod(seconds, 60)
        stamp = f"{day}T{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}.{millisecond:03d}Z"
        return (
            f'{{"event_id":"{uuid4(self._rng)}","event_type":"{event_type}",'
            f'"{visit.guest.timestamp_name}":"{stamp}",{visit.shared},{detail}}}'
        ).encode()

    def _shopping(self) -> tuple[Visit, list[tuple[str, str]]]:
        """A visit, and its steps as (event type, the JSON members that only this event carries)."""
        rng = self._rng
        is_bot = rng.random() < BOT_SHARE
        visit = self._begin(self._guest(is_bot))
        if is_bot:
            return visit, [("page_view", self._page(visit)) for _ in range(rng.randrange(1, 30))]
        steps: list[tuple[str, str]] = []
        step: str | None = "session_start"
        while step and len(steps) < 60:
            event_type = "sign_up" if step == "login" and not visit.guest.is_registered else step
            steps.append((event_type, self._details[event_type](visit)))
            step = self._after(step)
        return visit, steps

    def _refund(self) -> tuple[Visit, list[tuple[str, str]]]:
        guest, order = self._orders.popleft()
        visit = self._begin(guest)
        account = fields({"page_url": f"{SITE}/account/orders", "page_title": "Your orders"})
        return visit, [("session_start", account), ("page_view", account), ("refund", f"{account},{order}")]

    def _begin(self, guest: Visitor) -> Visit:
        rng = self._rng
        shared = f'"session_id":"s-{rng.getrandbits(64):016x}",{guest.rendered}'
        if rng.random() < EXPERIMENT_SHARE:  # a field that the contract does not know
            shared += f',"experiment":{{"id":"exp-{rng.randrange(1, 6)}","variant":"{rng.choice("ab")}"}}'
        _, query, referrer = weighted(rng, LANDINGS)
        path, title, _ = weighted(rng, PAGES, column=2)
        landing = fields({"page_url": SITE + path + query, "page_title": title, "referrer": referrer})
        return Visit(guest, shared, landing, self._any_product())

    def _guest(self, is_bot: bool) -> Visitor:
        key = (is_bot, skewed(self._rng, BOTS if is_bot else PEOPLE, head=100))
        if key not in self._guests:
            self._guests[key] = visitor(self._rng, key[1], is_bot)
        return self._guests[key]

    def _after(self, step: str) -> str | None:
        chance = self._rng.random()
        return next((after for limit, after in STEPS.get(step, ()) if chance < limit), None)

    def _any_product(self) -> Product:
        return self._products[skewed(self._rng, len(self._products), head=4)]

    @cached_property
    def _details(self) -> dict[str, Callable[[Visit], str]]:
        return {
            **{step: partial(self._fixed, step) for step in FIXED_PAGES},
            "session_start": lambda visit: visit.landing,
            "page_view": self._page,
            "click": lambda visit: f'{self._page(visit)},"element":"banner-{self._rng.randrange(1, 9)}"',
            "error": lambda visit: f'{FIXED_PAGES["add_payment_info"]},"error_code":"card_declined"',
            "search": lambda visit: self._rng.choice(self._searches),
            "product_list_view": lambda visit: self._rng.choice(self._lists),
            "product_view": self._look,
            "add_to_wishlist": lambda visit: self._product(visit.product, visit),
            "add_to_cart": self._add,
            "remove_from_cart": self._remove,
            "purchase": self._purchase,
        }

    def _fixed(self, step: str, visit: Visit) -> str:
        return FIXED_PAGES[step]

    def _page(self, visit: Visit) -> str:
        """The landing page first, then any page."""
        if visit.landing:
            page, visit.landing = visit.landing, ""
            return page
        return self._rng.choices(self._pages, cum_weights=self._page_shares)[0]

    def _product(self, product: Product, visit: Visit) -> str:
        key = (product.number, visit.guest.currency)
        if key not in self._rendered:
            self._rendered[key] = product.rendered(visit.guest.currency)
        return self._rendered[key]

    def _look(self, visit: Visit) -> str:
        visit.product = self._any_product()
        return self._product(visit.product, visit)

    def _add(self, visit: Visit) -> str:
        pieces = min(5, 1 + int(self._rng.expovariate(1.6)))
        visit.cart.append((visit.product, pieces))
        return f'{self._product(visit.product, visit)},"quantity":{pieces}'

    def _remove(self, visit: Visit) -> str:
        product, pieces = visit.cart.pop()
        return f'{self._product(product, visit)},"quantity":{pieces}'

    def _purchase(self, visit: Visit) -> str:
        currency = visit.guest.currency
        value = sum(product.price(currency) * pieces for product, pieces in visit.cart)
        order = f'"order_id":"o-{self._rng.getrandbits(48):012x}","order_value":{money(value)},"currency":"{currency}"'
        visit.cart.clear()
        self._orders.append((visit.guest, order))
        return f'"page_url":"{SITE}/checkout/thanks","page_title":"Thank you",{order}'
