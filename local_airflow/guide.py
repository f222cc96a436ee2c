"""What to do with an Airflow that has come up: printed by `make airflow`."""

from local_airflow import analyst
from local_airflow.backfill import DAG_ID
from local_airflow.environment import REPOSITORY
from local_airflow.events import Events
from local_airflow.login import Login
from local_aws.__main__ import DEFAULT_PORT
from local_aws.stack import Stack

TEXT = """
Airflow    {url}
           user {user}, password {password} (a new one at each start; reachable from this machine only)
Local AWS  {endpoint}, no account, nothing in it leaves this machine

1. Publish the days that have events, {first} to {last}:
   open {url}/dags/{dag}, Trigger, Backfill, From {first} 00:00, To {last} 00:00, Run Backfill;
   or one day: Trigger, Single Run, and pick arrival_day. A day without events turns red and says so.
2. Ask, once a run is green:
   make ask{ask_port} SQL="SELECT day, count(*) FROM clickstream_events WHERE year = '{year}' GROUP BY day"
   make ask{ask_port}      asks all of sql/, such as {sample}
3. Or with any client of Athena, such as the AWS CLI (any credentials do):
   aws athena start-query-execution --endpoint-url {endpoint} --region {region} \\
       --work-group {workgroup} --query-execution-context Database={database} \\
       --query-string "SELECT count(*) FROM clickstream_events"
   aws athena get-query-results --endpoint-url {endpoint} --region {region} --query-execution-id ID

Scheduled runs are off here, since nobody sends events for yesterday. Ctrl-C ends it all; the next start begins anew.
"""


def guide(url: str, login: Login, stack: Stack, sent: Events) -> str:
    """Addresses, login, and three things to do, with this start's own values."""
    port = stack.endpoint_url.rpartition(":")[2]
    return TEXT.format(
        url=url,
        user=login.user,
        password=login.password,
        endpoint=stack.endpoint_url,
        ask_port="" if port == str(DEFAULT_PORT) else f" AWS_PORT={port}",
        dag=DAG_ID,
        first=sent.first_day,
        last=sent.last_day,
        year=sent.first_day.year,
        sample=analyst.sample_queries()[0].relative_to(REPOSITORY),
        region=stack.settings.region,
        workgroup=stack.name("workgroup"),
        database=stack.name("database"),
    )
