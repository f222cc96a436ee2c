#!/bin/sh
# docker-compose.yaml, tried for real: build, up, one day published through Airflow's REST API, the table asked through
# Athena, the local AWS restarted, the scheduler stopped and killed, down. Needs Docker with Compose and nothing else;
# its containers, volumes, ports and secrets are its own. Most of its ten minutes are the first build.
#
#     sh scripts/verify_compose.sh       (PYTHON_IMAGE, POSTGRES_IMAGE, AIRFLOW_PORT, LOCAL_AWS_PORT change what they say)
set -eu
cd "$(dirname "$0")/.."
export COMPOSE_PROJECT_NAME=clickstream-verify CLICKSTREAM_TAG=verify # the user's own image stays as it is
export AIRFLOW_PORT="${AIRFLOW_PORT:-28080}" LOCAL_AWS_PORT="${LOCAL_AWS_PORT:-24577}"
day=2024-12-25
began=$(date +%s)
folder=$(mktemp -d)

compose() { docker compose --env-file "$folder/env" "$@"; }
say() { printf '%4d s  %s\n' $(($(date +%s) - began)) "$*"; }
fail() { say "FAILED: $*"; exit 1; }
container() { compose ps --all --quiet "$1"; }
health() { docker inspect --format '{{.State.Health.Status}}' "$(container "$1")"; }
restarts() { docker inspect --format '{{.RestartCount}}' "$(container "$1")"; }

await() { # await SECONDS WHAT COMMAND...: until the command succeeds
    seconds=$1 what=$2
    shift 2
    until "$@"; do
        [ "$seconds" -gt 0 ] || fail "not within the time given: $what"
        seconds=$((seconds - 1))
        sleep 1
    done
    say "$what"
}
is() { [ "$(health "$1")" = "$2" ]; }
restarted() { [ "$(restarts "$1")" -gt 0 ] && is "$1" healthy; }
log_says() { compose logs --no-log-prefix "$1" | grep -q "$2"; }
# Whatever an init process started, without procps in the image.
signal_all() { compose exec -T "$1" sh -c "kill -$2 \$(cat /proc/1/task/1/children)"; }
publish() { compose exec -T scheduler python scripts/verify_compose_day.py "$day"; }

end() {
    code=$?
    [ $code -eq 0 ] || { compose ps --all; compose logs --tail 40; }
    compose --profile events down --volumes --timeout 20 >"$folder/down" 2>&1 || cat "$folder/down"
    left=$(docker ps --all --quiet --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME")
    say "down; containers left: ${left:-none}; kept for the next time: docker image rm clickstream:$CLICKSTREAM_TAG"
    rm -rf "$folder"
    [ -z "$left" ] || exit 1
    exit $code
}
trap end EXIT
trap 'exit 143' TERM INT

check_processes() {
    for service in postgres api-server scheduler dag-processor triggerer local-aws provision; do
        users=$(docker top "$(container $service)" -o pid,uid | awk 'NR > 1 { print $2 }' | sort -u | tr -s ' \n' ' ')
        say "$service runs as uid$(printf ' %s' $users)"
        case " $users " in *" 0 "*) fail "$service has a process of root" ;; esac
    done
}

check_network() {
    for service in api-server:8080 local-aws:4577; do
        address=$(compose port "${service%:*}" "${service#*:}")
        say "${service%:*} is published on $address"
        case "$address" in 127.0.0.1:*) ;; *) fail "expected 127.0.0.1, got $address" ;; esac
    done
    for service in scheduler triggerer dag-processor provision postgres; do
        networks=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.NetworkID}} {{end}}' "$(container $service)")
        for network in $networks; do
            [ "$(docker network inspect --format '{{.Internal}}' "$network")" = true ] ||
                fail "$service has a way out of its network"
        done
    done
    say "scheduler, triggerer, dag-processor, provision and postgres are on an internal network only"
}

say "$(docker version --format 'Docker {{.Server.Version}}'), Compose $(docker compose version --short)"
sh scripts/compose_env.sh "$folder/env" >/dev/null
compose build --quiet >"$folder/build" 2>&1 || { tail -n 40 "$folder/build"; fail "docker compose build"; }
say "image: $(docker image inspect --format '{{.Size}}' "clickstream:$CLICKSTREAM_TAG" | awk '{ printf "%.1f GB", $1 / 1e9 }')"
compose up --wait --wait-timeout 600 >"$folder/up" 2>&1 || { cat "$folder/up"; fail "docker compose up --wait"; }
say "up --wait: all are healthy"
compose ps --all --format 'table {{.Service}}\t{{.Status}}'
check_processes
check_network

compose run --rm -T events --count 3000 --date "$day" --days 1 --seed 7 2>&1 | tail -n 3
say "events sent"
publish
say "$day is published"

compose restart local-aws >/dev/null 2>&1
await 120 "after the restart of local-aws, provision says that its events are gone" log_says provision "has begun anew"
await 60 "the stack is there again" is provision healthy
compose run --rm -T events --count 3000 --date "$day" --days 1 --seed 7 >/dev/null 2>&1
publish
say "$day is published again"

signal_all scheduler STOP
await 240 "a scheduler that hangs is unhealthy" is scheduler unhealthy
signal_all scheduler CONT
await 240 "and healthy when it goes on" is scheduler healthy
signal_all scheduler KILL
await 400 "a scheduler that was killed is started again, and healthy" restarted scheduler
say "all of it works"
