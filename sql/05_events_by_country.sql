-- Which countries do the visitors come from? Bots are left out; 'unknown' where the producer did not say.
SELECT
    coalesce(country, 'unknown') AS country_code,
    count(*) AS events,
    count(DISTINCT session_id) AS sessions,
    count_if(event_type = 'purchase') AS purchases
FROM clickstream_events
WHERE NOT coalesce(is_bot, false)
GROUP BY coalesce(country, 'unknown')
ORDER BY events DESC, country_code
