"""Addresses without what may name a person: user-info, fragment, and the values of personal parameters."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from clickstream import patterns


def scrubbed(url: Column, personal_parameters: tuple[str, ...]) -> Column:
    """The address, cut; what stays, stays byte for byte. A search for a character spares most addresses a pattern."""
    address = F.substring_index(url, "#", 1)
    address = F.when(url.contains("@"), F.regexp_replace(address, patterns.USER_INFO, "$1")).otherwise(address)
    path = F.substring_index(address, "?", 1)
    query = F.substr(address, F.length(path) + 1)
    path_parameter = patterns.personal_path_parameter(personal_parameters)
    has_parameter = path.contains(";") | path.contains("&")
    cut_path = F.when(has_parameter, F.regexp_replace(path, path_parameter, "$1")).otherwise(path)
    may_be_cut = url.contains("?") | url.contains(";") | url.contains("&")
    return F.when(may_be_cut, F.concat(cut_path, _cut(query, personal_parameters))).otherwise(address)


def _cut(query: Column, personal_parameters: tuple[str, ...]) -> Column:
    named = F.regexp_replace(query, patterns.personal_parameter(personal_parameters), "$1")
    may_hold_mail = query.contains("@") | query.contains("40")  # %40, however often escaped
    return F.when(may_hold_mail, F.regexp_replace(named, patterns.MAIL_PARAMETER, "$1")).otherwise(named)
