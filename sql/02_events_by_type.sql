-- How often did each kind of event happen, and what share of all events is that (per cent)?
SELECT
    event_type,
    count(*) AS events,
    count(DISTINCT session_id) AS sessions,
    round(100 * CAST(count(*) AS double) / sum(count(*)) OVER (), 2) AS percent
FROM clickstream_events
GROUP BY event_type
ORDER BY events DESC, event_type
