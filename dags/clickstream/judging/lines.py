"""Physical lines: which can be judged, and the records that they hold."""

from dataclasses import dataclass

from clickstream.patterns import BLANK_LINE, PAIRED_SURROGATES, SEAM, SURROGATE_ESCAPE, SUSPECTED_SEAM, compiled
from clickstream.reasons import BAD_ENCODING, BLANK, TOO_LARGE

_SEPARATOR = "\x1e"  # where the Glue job splits; no valid JSON holds this control character raw
_BOM = "\ufeff"


@dataclass(frozen=True)
class Line:
    """``state``: why the line cannot be judged, or None; ``texts``: its records, one where it has a state."""

    state: str | None
    texts: tuple[str, ...]


def line_of(raw: bytes, max_line_bytes: int) -> Line:
    """The line, without its line end, without the byte order mark that an object may begin with."""
    text = raw.decode("utf-8", "replace")
    state = _state(raw, text, max_line_bytes)
    trimmed = text.removeprefix(_BOM).removesuffix("\r")
    return Line(state, (trimmed,) if state else tuple(_split(trimmed)))


def _state(raw: bytes, text: str, max_line_bytes: int) -> str | None:
    if compiled(BLANK_LINE).fullmatch(text) or text == _BOM:
        return BLANK
    if len(raw) > max_line_bytes:
        return TOO_LARGE
    if text.encode() != raw or not _surrogates_are_paired(text):
        return BAD_ENCODING
    return None


def _surrogates_are_paired(text: str) -> bool:
    """An escape of half a surrogate pair stands for no character."""
    return not compiled(SURROGATE_ESCAPE).search(text) or bool(compiled(PAIRED_SURROGATES).fullmatch(text))


def _split(text: str) -> list[str]:
    """The records of a line: Firehose may put several on one."""
    pieces, start = [], 0
    if compiled(SUSPECTED_SEAM).search(text) and _SEPARATOR not in text:
        while piece := compiled(SEAM).match(text, start):
            pieces.append(piece[1])
            start = piece.end()
    return [*pieces, text[start:]]
