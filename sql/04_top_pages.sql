-- Which ten pages do people view most? Bots are left out; a page counts as one whatever its query parameters say.
SELECT
    split_part(page_url, '?', 1) AS page,
    count(*) AS page_views,
    count(DISTINCT session_id) AS sessions
FROM clickstream_events
WHERE event_type = 'page_view'
    AND page_url IS NOT NULL
    AND NOT coalesce(is_bot, false)
GROUP BY split_part(page_url, '?', 1)
ORDER BY page_views DESC, page
LIMIT 10
