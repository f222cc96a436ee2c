import pytest

from local_aws.glue_runtime.awsglue.context import GlueContext, GlueLogger


def without_spark() -> GlueContext:
    """An object as ``GlueContext()`` would leave it, for what needs no Java."""
    return GlueContext.__new__(GlueContext)


@pytest.mark.parametrize(
    "name", ["create_dynamic_frame_from_options", "create_data_frame", "getSink", "write_dynamic_frame", "read"]
)
def test_what_the_stand_in_lacks_is_refused_by_name(name: str) -> None:
    with pytest.raises(AttributeError, match=f"stand-in of GlueContext has no '{name}'"):
        getattr(without_spark(), name)


def test_context_wants_a_spark_context() -> None:
    with pytest.raises(TypeError, match="expects a SparkContext, got str"):
        GlueContext("spark")  # type: ignore[arg-type]


@pytest.mark.parametrize("level", ["info", "warn", "error"])
def test_logger_writes_one_line_to_the_error_stream(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    getattr(without_spark().get_logger(), level)("100 % done")
    printed = capsys.readouterr()
    assert printed.err.endswith(f" {level.upper()} GlueLogger: 100 % done\n")
    assert printed.out == ""


def test_logger_formats_nothing_as_glues_does_not() -> None:
    with pytest.raises(TypeError):
        GlueLogger().info("%s lines", 5)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="expects a str, got int"):
        GlueLogger().info(5)  # type: ignore[arg-type]
    assert not hasattr(GlueLogger(), "debug")
