"""Event times: ISO 8601 text or epoch numbers, to milliseconds UTC since 1970."""

from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal

from clickstream.patterns import EPOCH, ISO_TIME, compiled

_FIRST_DAY = date(1970, 1, 1).toordinal()
_DAY, _HOUR, _MINUTE, _SECOND = 86_400_000, 3_600_000, 60_000, 1000  # milliseconds
_REST = compiled(r"(?:\.([0-9]{1,9}))?(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2})?)?\Z")
_LONG_FRACTION = compiled(r"(\.[0-9]{12})[0-9]+\z")
_FRACTION, _EXACT = Decimal("1e-12"), Context(prec=40, rounding=ROUND_HALF_UP)
# Each unit reaches to the year 5138, so no two overlap.
_SECONDS_BELOW, _MILLISECONDS_BELOW, _MICROSECONDS_BELOW = 10**11, 10**14, 10**17


def milliseconds(text: str) -> int | None:
    """The instant, or None where the text is none. Without an offset the time is UTC; further digits are cut."""
    if compiled(ISO_TIME).fullmatch(text):
        return _of_iso(text)
    return _of_epoch(text) if compiled(EPOCH).fullmatch(text) else None


def _of_iso(text: str) -> int:
    days = date.fromisoformat(text[:10]).toordinal() - _FIRST_DAY
    time = int(text[11:13]) * _HOUR + int(text[14:16]) * _MINUTE + int(text[17:19]) * _SECOND
    fraction, sign, hours, minutes = _REST.findall(text, 19)[0]
    offset = int(hours or 0) * _HOUR + int(minutes or 0) * _MINUTE
    return days * _DAY + time + int(fraction[:3].ljust(3, "0")) - (-offset if sign == "-" else offset)


def _of_epoch(text: str) -> int | None:
    """Decimals, because a double has no room for microseconds with a fraction."""
    number = Decimal(_LONG_FRACTION.sub(r"\1", text)).quantize(_FRACTION, context=_EXACT)
    if number < _SECONDS_BELOW:
        number = _EXACT.multiply(number, Decimal(1000))
    elif number >= _MICROSECONDS_BELOW:
        return None
    elif number >= _MILLISECONDS_BELOW:
        number = _EXACT.divide(number, Decimal(1000))
    return int(number.to_integral_value(ROUND_FLOOR))
