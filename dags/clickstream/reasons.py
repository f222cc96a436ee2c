"""Why a line is no event, whichever engine says so; fields have reasons of their own, ``missing_<field>`` and so on."""

BLANK, SPLIT = "blank", "split"  # no reasons, but what is no record at all
TOO_LARGE, BAD_ENCODING = "too_large", "bad_encoding"
NOT_AN_OBJECT, MALFORMED = "not_an_object", "malformed_json"
TOO_LATE, IN_THE_FUTURE = "too_late", "in_the_future"
UNREADABLE = "unreadable_object"
