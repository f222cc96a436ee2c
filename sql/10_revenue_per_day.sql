-- What did the shop take per day and currency: purchases, refunds, and what is left?
-- A refund's order_value is positive, its event_type says which way the money went. Bots are left out.
SELECT
    year,
    month,
    day,
    currency,
    count_if(event_type = 'purchase') AS purchases,
    count_if(event_type = 'refund') AS refunds,
    sum(CASE WHEN event_type = 'purchase' THEN order_value ELSE 0 END) AS gross_revenue,
    sum(CASE WHEN event_type = 'refund' THEN order_value ELSE 0 END) AS refunded,
    sum(CASE WHEN event_type = 'purchase' THEN order_value ELSE -order_value END) AS net_revenue
FROM clickstream_events
WHERE event_type IN ('purchase', 'refund')
    AND order_value IS NOT NULL
    AND NOT coalesce(is_bot, false)
GROUP BY year, month, day, currency
ORDER BY year, month, day, currency
