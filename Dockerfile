# One image for all services of docker-compose.yaml: Airflow, Spark with its Java, the local AWS, this repository.
# What changes seldom comes first, so that an edit of the code builds in seconds.
ARG PYTHON_IMAGE=python:3.12-slim-bookworm
FROM ${PYTHON_IMAGE}

WORKDIR /opt/clickstream
ENV PATH=/opt/clickstream/.venv/bin:$PATH \
    PYTHONPATH=/opt/clickstream:/opt/clickstream/dags:/opt/clickstream/plugins \
    CLICKSTREAM_CACHE=/opt/clickstream/.cache \
    AIRFLOW_HOME=/opt/airflow \
    JAVA_HOME=/usr/lib/jvm/java-17

# PyPI has no Java runtime for Linux on Arm; Debian has.
RUN if [ "$(uname -m)" != x86_64 ]; then \
        apt-get update \
        && apt-get install --yes --no-install-recommends openjdk-17-jre-headless \
        && rm -rf /var/lib/apt/lists/* \
        && ln -s /usr/lib/jvm/java-17-openjdk-* "$JAVA_HOME"; \
    fi

COPY requirements-local.txt ./
RUN python3 -m venv .venv \
    && pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements-local.txt

# Spark's S3 client and class archive: just the modules that this step imports.
COPY local_aws/__init__.py local_aws/clients.py local_aws/java.py local_aws/principals.py \
    local_aws/spark.py local_aws/spark_setup.py local_aws/spark_training.py local_aws/
RUN python -m local_aws.spark

# The wheels of the function: the stack is created where there is no network.
COPY requirements-lambda.txt ./
COPY scripts/function_package.py scripts/
RUN cd scripts && python -c "import function_package; function_package.wheels('host')"

COPY . .
# Everything belongs to root and can only be read, but for what a service writes.
ARG AIRFLOW_UID=50000
RUN test "$AIRFLOW_UID" -gt 0 || { echo "AIRFLOW_UID must not be 0: nothing runs as root" >&2; exit 1; }; \
    useradd --uid "$AIRFLOW_UID" --non-unique --create-home airflow \
    && install --directory --owner airflow --group airflow "$AIRFLOW_HOME" build \
    && python -m compileall -q dags plugins local_airflow local_aws scripts \
    && find . '(' -type d ! -perm -555 -o -type f ! -perm -444 ')' -exec chmod a+rX {} +
# The last line: whatever umask the clone was made with. Just what needs it: a file that chmod touches is stored anew.
USER airflow
