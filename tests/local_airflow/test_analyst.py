from local_airflow import analyst


def test_queries_come_in_the_order_of_their_numbers():
    names = [path.name for path in analyst.sample_queries()]
    assert names
    assert names == sorted(names)


def test_every_query_says_what_it_asks():
    assert all(len(analyst.question(path)) > 20 for path in analyst.sample_queries())
