"""Addresses without what may name a person: user-info, fragment, and the values of personal parameters."""

from clickstream.patterns import MAIL_PARAMETER, USER_INFO, compiled, personal_parameter, personal_path_parameter

_KEPT = r"\1"


def scrubbed(url: str, personal_parameters: tuple[str, ...]) -> str:
    """The address, cut; what stays, stays as it was."""
    address = compiled(USER_INFO).sub(_KEPT, url.partition("#")[0])
    path, mark, query = address.partition("?")
    cut_path = compiled(personal_path_parameter(personal_parameters)).sub(_KEPT, path)
    cut_query = compiled(personal_parameter(personal_parameters)).sub(_KEPT, mark + query)
    return cut_path + compiled(MAIL_PARAMETER).sub(_KEPT, cut_query)
