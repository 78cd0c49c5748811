-- Counters that differ from the sums of their ledger rows, both as of one snapshot (R42). Nothing is locked.
SELECT coalesce(c.subject, s.subject) AS subject, coalesce(c.feature, s.feature) AS feature,
       coalesce(c.window_start, s.window_start) AS window_start, coalesce(c.window_end, s.window_end) AS window_end,
       coalesce(c.used, 0) AS counted, coalesce(s.units, 0) AS ledger
  FROM ${quota_schema}.usage_counter c
  FULL JOIN (SELECT subject, feature, window_start, window_end, sum(amount)::bigint AS units
               FROM ${quota_schema}.usage_record
              GROUP BY subject, feature, window_start, window_end) s
    ON s.subject = c.subject AND s.feature = c.feature
   AND s.window_start = c.window_start AND s.window_end = c.window_end
 WHERE coalesce(c.used, 0) <> coalesce(s.units, 0)
 ORDER BY 1, 2, 3, 4
