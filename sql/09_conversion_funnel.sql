-- Of the sessions that viewed a product, how many then put something into the cart, and how many of those then bought?
-- A step counts only when it came after the step before it in the same session. Bots are left out.
WITH people AS (
    SELECT session_id, event_type, event_timestamp
    FROM clickstream_events
    WHERE event_type IN ('product_view', 'add_to_cart', 'purchase')
        AND NOT coalesce(is_bot, false)
),

viewed AS (
    SELECT session_id, min(event_timestamp) AS viewed_at
    FROM people
    WHERE event_type = 'product_view'
    GROUP BY session_id
),

carted AS (
    SELECT viewed.session_id, min(people.event_timestamp) AS carted_at
    FROM viewed
    INNER JOIN people ON viewed.session_id = people.session_id
    WHERE people.event_type = 'add_to_cart' AND people.event_timestamp >= viewed.viewed_at
    GROUP BY viewed.session_id
),

purchased AS (
    SELECT carted.session_id, min(people.event_timestamp) AS purchased_at
    FROM carted
    INNER JOIN people ON carted.session_id = people.session_id
    WHERE people.event_type = 'purchase' AND people.event_timestamp >= carted.carted_at
    GROUP BY carted.session_id
),

steps AS (
    SELECT 1 AS step, 'view' AS name, count(*) AS sessions FROM viewed
    UNION ALL
    SELECT 2 AS step, 'cart' AS name, count(*) AS sessions FROM carted
    UNION ALL
    SELECT 3 AS step, 'purchase' AS name, count(*) AS sessions FROM purchased
)

SELECT
    step,
    name,
    sessions,
    round(100 * CAST(sessions AS double) / nullif(lag(sessions) OVER (ORDER BY step), 0), 1) AS percent_of_step_before,
    round(100 * CAST(sessions AS double) / nullif(first_value(sessions) OVER (ORDER BY step), 0), 1) AS percent_of_views
FROM steps
ORDER BY step
