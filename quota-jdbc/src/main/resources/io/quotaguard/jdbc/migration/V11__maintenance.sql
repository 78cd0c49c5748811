-- The ledger read in pages, so that millions of rows are compared with their counters in statements of a few milliseconds
-- each. They read and never lock. The planner settings pin each page to its index, whatever the statistics say.

-- What a page of the ledger adds up to, by counter: p_rows rows after the row p_id of the subject p_subject. The last subject
-- goes on in the next page, after o_last, when the page is full.
CREATE FUNCTION ${quota_schema}.quota_ledger_page(p_subject text, p_id bigint, p_rows integer)
RETURNS TABLE (o_subject text, o_feature text, o_start timestamptz, o_end timestamptz, o_units bigint, o_rows bigint,
               o_last bigint)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET enable_bitmapscan = off
AS $body$
BEGIN
    RETURN QUERY
    WITH page AS MATERIALIZED (
        SELECT r.subject, r.feature, r.window_start, r.window_end, r.amount, r.id
          FROM ${quota_schema}.usage_record r
         WHERE (r.subject, r.id) > (p_subject COLLATE "C", p_id)
         ORDER BY r.subject, r.id
         LIMIT p_rows)
    SELECT p.subject, p.feature, p.window_start, p.window_end, sum(p.amount)::bigint, count(*), max(p.id)
      FROM page p
     GROUP BY p.subject, p.feature, p.window_start, p.window_end
     ORDER BY p.subject;
END
$body$;

-- p_rows counters after one, of subjects before p_until; of all for null.
CREATE FUNCTION ${quota_schema}.quota_counter_page(
    p_subject text, p_feature text, p_start timestamptz, p_end timestamptz, p_until text, p_rows integer)
RETURNS TABLE (o_subject text, o_feature text, o_start timestamptz, o_end timestamptz, o_used bigint)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET enable_bitmapscan = off
AS $body$
BEGIN
    RETURN QUERY
    SELECT c.subject, c.feature, c.window_start, c.window_end, c.used
      FROM ${quota_schema}.usage_counter c
     WHERE (c.subject, c.feature, c.window_start, c.window_end)
           > (p_subject COLLATE "C", p_feature COLLATE "C", p_start, p_end)
       AND (p_until IS NULL OR c.subject < p_until COLLATE "C")
     ORDER BY c.subject, c.feature, c.window_start, c.window_end
     LIMIT p_rows;
END
$body$;

-- One counter and the sum of its rows, both as of one snapshot.
CREATE FUNCTION ${quota_schema}.quota_compare(p_subject text, p_feature text, p_start timestamptz, p_end timestamptz)
RETURNS TABLE (o_counted bigint, o_ledger bigint)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
AS $body$
BEGIN
    RETURN QUERY
    SELECT coalesce((SELECT c.used FROM ${quota_schema}.usage_counter c
                      WHERE c.subject = p_subject AND c.feature = p_feature
                        AND c.window_start = p_start AND c.window_end = p_end), 0),
           coalesce((SELECT sum(r.amount)::bigint FROM ${quota_schema}.usage_record r
                      WHERE r.subject = p_subject AND r.feature = p_feature
                        AND r.window_start = p_start AND r.window_end = p_end), 0);
END
$body$;

UPDATE ${quota_schema}.schema_info SET version = 11;
