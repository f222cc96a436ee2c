-- How many events are there in all, on how many days, and how many of them did programs make?
SELECT
    count(*) AS events,
    count(DISTINCT concat(year, '-', month, '-', day)) AS days,
    count(DISTINCT session_id) AS sessions,
    count_if(is_bot) AS bot_events,
    min(event_timestamp) AS first_event,
    max(event_timestamp) AS last_event
FROM clickstream_events
