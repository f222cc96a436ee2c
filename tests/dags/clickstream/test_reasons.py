from clickstream import reasons
from clickstream.contract import load_contract


def test_no_reason_of_a_line_is_one_of_a_field() -> None:
    given = {value for name, value in vars(reasons).items() if name.isupper()}
    fields = {f"{how}_{column.name}" for column in load_contract().raw_columns for how in ("missing", "invalid")}
    assert len(given) == 9
    assert not given & fields
