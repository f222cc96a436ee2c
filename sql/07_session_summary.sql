-- Sessions of 25 December 2024 in short: how many, by how many users, how deep and how long on average?
-- Bots are left out.
WITH sessions AS (
    SELECT
        session_id,
        max(coalesce(user_id, anonymous_id)) AS visitor,
        count(*) AS events,
        count_if(event_type = 'purchase') AS purchases,
        date_diff('second', min(event_timestamp), max(event_timestamp)) AS duration_seconds
    FROM clickstream_events
    WHERE year = '2024' AND month = '12' AND day = '25'
        AND NOT coalesce(is_bot, false)
    GROUP BY session_id
)

SELECT
    count(*) AS sessions,
    count(DISTINCT visitor) AS visitors,
    round(avg(CAST(events AS double)), 1) AS events_per_session,
    round(avg(CAST(duration_seconds AS double)), 1) AS seconds_per_session,
    count_if(events = 1) AS sessions_of_one_event,
    count_if(purchases > 0) AS sessions_with_purchase
FROM sessions
