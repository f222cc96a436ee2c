-- What did the sessions of 25 December 2024 look like: how many events, how long, did they buy? The 100 longest first.
-- Bots are left out. The three partition columns are strings with leading zeros; with them Athena reads one day only.
SELECT
    session_id,
    max(user_id) AS user_id,
    count(*) AS events,
    count_if(event_type = 'page_view') AS page_views,
    count_if(event_type = 'product_view') AS product_views,
    count_if(event_type = 'purchase') AS purchases,
    min(event_timestamp) AS started_at,
    date_diff('second', min(event_timestamp), max(event_timestamp)) AS duration_seconds
FROM clickstream_events
WHERE year = '2024' AND month = '12' AND day = '25'
    AND NOT coalesce(is_bot, false)
GROUP BY session_id
ORDER BY events DESC, duration_seconds DESC, session_id
LIMIT 100
