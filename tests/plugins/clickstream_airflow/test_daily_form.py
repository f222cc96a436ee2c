from clickstream.settings import limits
from clickstream_airflow.daily_form import PARAMS


def test_a_run_without_anything_given_has_the_defaults_of_the_pipeline():
    assert {name: param.resolve() for name, param in PARAMS.items()} == {
        "arrival_day": None,
        "allow_empty": False,
        "max_quarantined_share": limits().max_quarantined_share,
    }
