-- How many events and sessions does each day have, by year, month and day (UTC)?
SELECT
    year,
    month,
    day,
    count(*) AS events,
    count(DISTINCT session_id) AS sessions,
    count_if(is_bot) AS bot_events
FROM clickstream_events
GROUP BY year, month, day
ORDER BY year, month, day
