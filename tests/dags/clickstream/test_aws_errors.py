import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, IncompleteReadError, ReadTimeoutError
from botocore.stub import Stubber

from clickstream.aws_errors import error_code, explaining, is_transient
from local_aws.clients import local_client


def client_error(code, status=400):
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Call")


@pytest.mark.parametrize(
    "error",
    [
        client_error("ThrottlingException"),
        client_error("SlowDown", 503),
        client_error("InternalError", 500),
        client_error("ConditionalRequestConflict", 409),
        client_error("Whatever", 502),
        ReadTimeoutError(endpoint_url="x"),
        EndpointConnectionError(endpoint_url="x"),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
    ],
    ids=lambda error: error_code(error) or type(error).__name__,
)
def test_what_passes_by_itself_may_be_repeated(error):
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [client_error("AccessDenied", 403), client_error("NoSuchKey", 404), ValueError("x")],
    ids=lambda error: error_code(error) or type(error).__name__,
)
def test_what_stays_wrong_is_not_repeated(error):
    assert not is_transient(error)


@pytest.mark.parametrize(
    ("code", "status", "advice"),
    [
        ("SlowDown", 503, "; this passes by itself: do it again later]"),
        ("AccessDenied", 403, "; the role that runs this may not: terraform/policy_*.tf grant each role its calls]"),
        ("ExpiredToken", 400, "; the credentials have run out: start again with new ones]"),
        ("InvalidRange", 416, "]"),
    ],
)
def test_an_error_names_what_was_called_for_and_what_to_do(code, status, advice):
    s3 = explaining(boto3.client("s3", "eu-west-1"))
    with Stubber(s3) as stubber:
        stubber.add_client_error("get_object", code, "AWS's words.", http_status_code=status)
        with pytest.raises(ClientError) as raised:
            s3.get_object(Bucket="work", Key="ledgers/a.json")
    assert str(raised.value).endswith(f"AWS's words. [Bucket work, Key ledgers/a.json{advice}")
    assert error_code(raised.value) == code


def test_what_terraform_has_not_made_is_named(local_aws):
    glue = explaining(local_client("glue", local_aws.endpoint_url))
    with pytest.raises(glue.exceptions.EntityNotFoundException) as raised:
        glue.get_table(DatabaseName="no_such_database", Name="clickstream_events")
    assert "[DatabaseName no_such_database, Name clickstream_events; Terraform makes it: apply" in str(raised.value)


def test_a_call_that_succeeds_is_left_alone(local_aws):
    assert explaining(local_client("s3", local_aws.endpoint_url)).list_buckets()["Buckets"] == []
