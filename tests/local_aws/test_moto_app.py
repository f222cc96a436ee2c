from typing import Any

import pytest

from local_aws import moto_app
from local_aws.clients import local_client
from local_aws.errors import ServiceError
from local_aws.server import LocalAws


def test_error_of_moto_keeps_its_code() -> None:
    moto_app.reset()
    with pytest.raises(ServiceError, match="nowhere") as error:
        moto_app.call("glue", "AWSGlue.GetDatabase", {"Name": "nowhere"})
    assert (error.value.code, error.value.status) == ("EntityNotFoundException", 400)


def test_reset_forgets() -> None:
    moto_app.call("glue", "AWSGlue.CreateDatabase", {"DatabaseInput": {"Name": "d"}})
    moto_app.reset()
    assert moto_app.call("glue", "AWSGlue.GetDatabases", {}) == {"DatabaseList": []}


def test_objects_are_told_of_while_somebody_listens(local_aws: LocalAws) -> None:
    """moto's own name for it may go with a later version: then nobody would be told."""
    told: list[tuple[str, str, str, str]] = []

    def listen(account: str, kind: str, bucket: Any, key: Any) -> None:
        told.append((account, kind, bucket.name, key.name))

    s3 = local_client("s3", local_aws.endpoint_url)
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    with moto_app.telling_of_objects(listen):
        s3.put_object(Bucket="bucket", Key="told", Body=b"x")
    s3.put_object(Bucket="bucket", Key="untold", Body=b"x")
    assert told == [("123456789012", "s3:ObjectCreated:Put", "bucket", "told")]
