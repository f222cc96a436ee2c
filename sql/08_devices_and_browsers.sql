-- Which devices and browsers do visitors use? Bots are a device of their own here ('bot'), so none is left out.
SELECT
    coalesce(device_type, 'unknown') AS device,
    coalesce(browser, 'unknown') AS browser_family,
    count(*) AS events,
    count(DISTINCT session_id) AS sessions,
    round(100 * CAST(count(*) AS double) / sum(count(*)) OVER (), 2) AS percent
FROM clickstream_events
GROUP BY coalesce(device_type, 'unknown'), coalesce(browser, 'unknown')
ORDER BY events DESC, device, browser_family
