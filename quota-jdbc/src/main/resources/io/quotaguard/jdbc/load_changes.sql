-- The changes that became visible between two snapshots, in pages. An id says nothing about when its transaction was
-- committed; a snapshot does. So a round takes what its own snapshot shows and the round before did not.
WITH round AS MATERIALIZED (
    SELECT coalesce(:round::pg_snapshot, pg_current_snapshot()) AS seen)
SELECT round.seen::text AS round, c.*
  FROM round
  LEFT JOIN LATERAL (
       SELECT *
         FROM ${quota_schema}.catalog_change n
        WHERE n.tx >= pg_snapshot_xmin(:previous::pg_snapshot)
          AND NOT pg_visible_in_snapshot(n.tx, :previous::pg_snapshot)
          AND pg_visible_in_snapshot(n.tx, round.seen)
          AND n.entity <> 'COUNTER' AND n.id > :last
        ORDER BY n.id
        LIMIT :max) c ON true
 ORDER BY c.id
