from clickstream import layout
from clickstream.inventory import take_inventory
from clickstream.publication import publish
from clickstream.settings import table
from tests.dags.clickstream.test_late_rows import FIFTH, THIRD, run_of


def test_an_empty_deployment_has_its_initial_snapshot_alone(catalog):
    made = take_inventory(catalog)
    assert (made.current, set(made.snapshots), made.files, made.ledgers) == ("initial", {"initial"}, (), {})


def test_files_are_of_the_generation_of_their_rows(catalog):
    run = run_of(catalog, FIFTH, {FIFTH: ["b"], THIRD: ["late"]})
    done = publish(catalog, {FIFTH: run})
    made = take_inventory(catalog)
    found = {file.key: file.generations for file in made.files}
    assert found.pop(layout.main_key(run, 0)) == {run}
    assert found.pop(layout.candidate_key(THIRD, run, 0)) == {run}
    assert list(found.values()) == [set(done.snapshot.visible_generations(THIRD))]
    assert made.current == done.publication_id
    assert made.snapshots[done.publication_id].replaces == "initial"
    assert made.snapshots[done.publication_id].snapshot == done.snapshot
    assert set(made.ledgers) == {run}


def test_rows_in_a_partition_that_is_not_registered_are_of_nobody_knows_whom(catalog):
    publish(catalog, {FIFTH: run_of(catalog, FIFTH, {THIRD: ["late"]})})
    catalog.glue.delete_partition(
        DatabaseName=catalog.settings.name("database"),
        TableName=table("generations"),
        PartitionValues=list(layout.partition_values(THIRD)),
    )
    files = [file for file in take_inventory(catalog).files if file.bucket == "processed_bucket"]
    assert [file.generations for file in files] == [set()]
