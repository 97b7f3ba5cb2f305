-- Deletes what nobody reads any more, in steps that are short enough to be in nobody's way.

-- Messages below the tail, oldest first; how many went.
CREATE FUNCTION rt.trim(p_log bigint, p_rows int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    gone int;
BEGIN
    -- The tail is read here: a hint deletes nothing by itself.
    DELETE FROM rt.journal WHERE log = p_log AND off < (
        SELECT least(lg.tail, (SELECT min(j.off) FROM rt.journal j WHERE j.log = p_log) + p_rows) FROM rt.log lg WHERE lg.id = p_log);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

-- Logs after p_after that have rubbish, out of the next p_rows; and how far that looked (null: to the end).
CREATE FUNCTION rt.trimmed(p_after bigint, p_rows int, OUT logs bigint[], OUT last bigint) LANGUAGE sql STABLE AS $$
    WITH page AS (SELECT lg.id, lg.tail FROM rt.log lg WHERE lg.id > p_after ORDER BY lg.id LIMIT p_rows)
    SELECT coalesce((SELECT array_agg(p.id) FROM page p WHERE (SELECT min(j.off) FROM rt.journal j WHERE j.log = p.id) < p.tail), '{}'),
        CASE WHEN (SELECT count(*) FROM page) = p_rows THEN (SELECT max(p.id) FROM page p) END;
$$;

-- Stale marks among the next p_rows after a mark; where it stopped (null: at the end).
CREATE FUNCTION rt.forget(
    INOUT p_log bigint, INOUT p_producer text, INOUT p_slot smallint, p_before bigint, p_rows int) LANGUAGE plpgsql AS $$
DECLARE
    page record;
BEGIN
    -- One node at a time: a second one would only wait for the first one's rows.
    IF NOT pg_try_advisory_xact_lock(4854870149) THEN
        p_log := NULL;
        RETURN;
    END IF;
    SELECT array_agg(p.log) AS logs, array_agg(p.producer) AS producers, array_agg(p.slot) AS slots, count(*) AS seen INTO page FROM (
        SELECT log, producer, slot FROM rt.producer
            WHERE (log, producer, slot) > (p_log, p_producer COLLATE "C", p_slot) ORDER BY log, producer, slot LIMIT p_rows) p;
    DELETE FROM rt.producer p USING unnest(page.logs, page.producers, page.slots) AS u(log, producer, slot)
        WHERE p.log = u.log AND p.producer = u.producer AND p.slot = u.slot AND p.at < p_before;
    IF page.seen < p_rows THEN
        p_log := NULL;
    ELSE
        p_log := page.logs[page.seen];
        p_producer := page.producers[page.seen];
        p_slot := page.slots[page.seen];
    END IF;
END $$;

-- Rows of nodes and lanes that are long dead. By the database's own clock; a jump of it costs a lane one look at its own row.
CREATE FUNCTION rt.bury() RETURNS void LANGUAGE sql AS $$
    DELETE FROM rt.node WHERE status = 4 AND hb_at < now() - interval '1 day';
    DELETE FROM rt.lane WHERE used_at < now() - interval '7 days';
$$;
