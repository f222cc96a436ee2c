"""The run itself is tested in tests/glue_scripts/test_transform_job.py; here what needs no day."""

import pytest

from clickstream_glue.run import _partitions

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("input_mib", "cores", "files"),
    [(0, 2, 1), (5, 2, 1), (40, 2, 2), (40, 16, 3), (1000, 2, 3), (1000, 16, 16), (10_000, 16, 27)],
)
def test_big_days_get_full_files_and_small_ones_all_cores(input_mib: int, cores: int, files: int) -> None:
    assert _partitions(input_mib * MIB, cores) == files
