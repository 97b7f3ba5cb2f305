-- What readers call. STABLE, so that everything within one call sees one snapshot.

-- One row: the head, then the messages. Stops where the payloads would be more than p_bytes, but never before the first.
CREATE FUNCTION rt.read(p_log bigint, p_after bigint, p_limit int, p_bytes bigint)
RETURNS TABLE (head bigint, tail bigint, off bigint, at bigint, record bytea) LANGUAGE plpgsql STABLE AS $$
DECLARE
    bytes bigint := 0;
    m record;
BEGIN
    SELECT lg.head, lg.tail INTO head, tail FROM rt.log lg WHERE lg.id = p_log;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    RETURN NEXT;
    FOR m IN SELECT j.off, j.at, j.size, j.record FROM rt.journal j
        WHERE j.log = p_log AND j.off > greatest(p_after, tail - 1) AND j.off <= head ORDER BY j.off LIMIT p_limit
    LOOP
        EXIT WHEN off IS NOT NULL AND bytes + m.size > p_bytes;
        bytes := bytes + m.size;
        off := m.off;
        at := m.at;
        record := m.record;
        RETURN NEXT;
    END LOOP;
END $$;

-- The largest kept offset whose message is older, or tail - 1. Halves the log; null: there is no such log.
CREATE FUNCTION rt.offset_before(p_log bigint, p_at bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    before bigint;
    rest bigint;
    middle bigint;
    found_at bigint;
BEGIN
    SELECT lg.tail - 1, lg.head INTO before, rest FROM rt.log lg WHERE lg.id = p_log;
    WHILE before < rest LOOP
        middle := before + (rest - before + 1) / 2;
        SELECT j.at INTO found_at FROM rt.journal j WHERE j.log = p_log AND j.off = middle;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'log % has lost its message %', p_log, middle USING ERRCODE = 'RT030';
        END IF;
        IF found_at < p_at THEN
            before := middle;
        ELSE
            rest := middle - 1;
        END IF;
    END LOOP;
    RETURN before;
END $$;
