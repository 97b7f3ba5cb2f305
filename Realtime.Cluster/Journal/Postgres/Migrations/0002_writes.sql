-- What a writing connection calls.

-- Begins a new life of a lane and ends all earlier ones. Waits for a batch of the lane that is still committing.
CREATE FUNCTION rt.lane_open(p_lane uuid, OUT generation bigint, OUT batch bigint, OUT outcomes smallint[]) LANGUAGE sql AS $$
    INSERT INTO rt.lane AS l (id, generation, batch) VALUES (p_lane, 1, 0)
        ON CONFLICT (id) DO UPDATE SET generation = l.generation + 1, used_at = now()
        RETURNING l.generation, l.batch, l.outcomes;
$$;

-- One batch: appends to many logs of many shards, and sessions, each with an outcome of its own (1 committed, 2 conflict, 7 fenced).
-- f_*: the distinct fences. l_id: the distinct logs, ascending. r_*: one per append, with the places (from 1) of its log and its fence
-- (0: none). m_*, k_*: messages and marks with the place of their append; m_before counts from the append's first message.
-- s_*: one per session; a null record deletes.
CREATE FUNCTION rt.write(
    p_lane uuid, p_generation bigint, p_batch bigint, p_now bigint,
    f_shard int[], f_epoch bigint[], f_owner bigint[],
    l_id bigint[],
    r_log int[], r_expect bigint[], r_count int[], r_tail bigint[], r_bytes bigint[], r_fence int[],
    m_append int[], m_log bigint[], m_off bigint[], m_at bigint[], m_before bigint[], m_size int[], m_record bytea[],
    k_append int[], k_log bigint[], k_producer text[], k_slot smallint[], k_count bigint[], k_seq bigint[], k_off bigint[], k_at bigint[],
    s_id uuid[], s_revision bigint[], s_expires bigint[], s_record bytea[], s_fence int[])
RETURNS smallint[] LANGUAGE plpgsql AS $$
<<it>>
DECLARE
    appends int := cardinality(r_log);
    held int[] := '{}';
    outcomes smallint[] := array_fill(1::smallint, ARRAY[appends + cardinality(s_id)]);
    starts bigint[];
    heads bigint[];
    tails bigint[];
    totals bigint[];
    changed bool[];
    refused bool := false;
    place int;
    outcome smallint;
    s record;
BEGIN
    UPDATE rt.lane SET batch = p_batch, outcomes = NULL, used_at = now() WHERE id = p_lane AND generation = p_generation;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this connection''s lane has gone to a later one' USING ERRCODE = 'RT020';
    END IF;

    -- The fence. FOR SHARE and nothing weaker: a change of owner has to wait until this transaction has ended.
    IF cardinality(f_shard) > 0 THEN
        SELECT array_agg(locked.i) INTO held FROM (
            SELECT f.i::int AS i FROM unnest(f_shard, f_epoch, f_owner) WITH ORDINALITY AS f(shard, epoch, owner, i)
                JOIN rt.shard sh ON sh.shard_id = f.shard AND sh.epoch = f.epoch AND sh.owner = f.owner
                ORDER BY sh.shard_id FOR SHARE OF sh) locked;
        held := coalesce(held, '{}');
    END IF;

    IF appends > 0 THEN
        starts := array_fill(0::bigint, ARRAY[appends]);
        changed := array_fill(false, ARRAY[cardinality(l_id)]);

        -- In one order, so that two writers can never wait for each other. A log nobody may write here is not waited for.
        PERFORM 1 FROM (
            SELECT lg.id FROM rt.log lg
                WHERE lg.id = ANY (ARRAY(SELECT l_id[r.log] FROM unnest(r_log, r_fence) r(log, fence) WHERE r.fence = 0 OR r.fence = ANY (held)))
                ORDER BY lg.id FOR NO KEY UPDATE) locked;
        SELECT array_agg(lg.head ORDER BY l.i), array_agg(lg.tail ORDER BY l.i), array_agg(lg.total ORDER BY l.i) INTO heads, tails, totals
            FROM unnest(l_id) WITH ORDINALITY AS l(id, i) LEFT JOIN rt.log lg ON lg.id = l.id;

        FOR i IN 1 .. appends LOOP
            place := r_log[i];
            IF r_fence[i] > 0 AND NOT (r_fence[i] = ANY (held)) THEN
                outcomes[i] := 7;
                refused := true;
            ELSIF heads[place] IS DISTINCT FROM r_expect[i] THEN
                outcomes[i] := 2;
                refused := true;
            ELSE
                starts[i] := totals[place];
                heads[place] := heads[place] + r_count[i];
                tails[place] := greatest(tails[place], r_tail[i]);
                totals[place] := totals[place] + r_bytes[i];
                changed[place] := true;
            END IF;
        END LOOP;

        UPDATE rt.log lg SET head = l.head, tail = l.tail, total = l.total
            FROM unnest(l_id, heads, tails, totals, changed) AS l(id, head, tail, total, changed) WHERE lg.id = l.id AND l.changed;
        INSERT INTO rt.journal (log, off, at, before, size, record)
            SELECT m.log, m.off, m.at, starts[m.append] + m.before, m.size, m.record
                FROM unnest(m_append, m_log, m_off, m_at, m_before, m_size, m_record) AS m(append, log, off, at, before, size, record)
                WHERE NOT refused OR outcomes[m.append] = 1;
        IF cardinality(k_append) > 0 THEN
            -- The last of a slot wins: one statement may write a row only once.
            INSERT INTO rt.producer AS p (log, producer, slot, count, seq, off, at)
                SELECT DISTINCT ON (k.log, k.producer COLLATE "C", k.slot) k.log, k.producer, k.slot, k.count, k.seq, k.off, k.at
                    FROM unnest(k_append, k_log, k_producer, k_slot, k_count, k_seq, k_off, k_at)
                        WITH ORDINALITY AS k(append, log, producer, slot, count, seq, off, at, i)
                    WHERE NOT refused OR outcomes[k.append] = 1
                    ORDER BY k.log, k.producer COLLATE "C", k.slot, k.i DESC
                ON CONFLICT (log, producer, slot) DO UPDATE
                    SET count = excluded.count, seq = excluded.seq, off = excluded.off, at = excluded.at;
        END IF;
    END IF;

    -- A row past its expiry counts as gone before the sweep has come round.
    FOR s IN SELECT * FROM unnest(s_id, s_revision, s_expires, s_record, s_fence)
        WITH ORDINALITY AS u(id, revision, expires, record, fence, i) ORDER BY u.i
    LOOP
        outcome := 1;
        IF s.fence > 0 AND NOT (s.fence = ANY (held)) THEN
            outcome := 7;
        ELSIF s.record IS NULL AND s.revision = 0 THEN
            PERFORM 1 FROM rt.session x WHERE x.id = s.id AND (x.expires_at IS NULL OR x.expires_at >= p_now);
            IF FOUND THEN
                outcome := 2;
            END IF;
        ELSE
            IF s.record IS NULL THEN
                DELETE FROM rt.session x WHERE x.id = s.id AND x.revision = s.revision;
            ELSIF s.revision = 0 THEN
                INSERT INTO rt.session AS x (id, shard, revision, expires_at, record)
                    VALUES (s.id, CASE WHEN s.fence > 0 THEN f_shard[s.fence] END, 1, s.expires, s.record)
                    ON CONFLICT (id) DO UPDATE
                        SET shard = excluded.shard, revision = 1, expires_at = excluded.expires_at, record = excluded.record
                        WHERE x.expires_at < p_now;
            ELSE
                UPDATE rt.session x SET revision = x.revision + 1, expires_at = s.expires, record = s.record,
                        shard = CASE WHEN s.fence > 0 THEN f_shard[s.fence] ELSE x.shard END
                    WHERE x.id = s.id AND x.revision = s.revision;
            END IF;
            IF NOT FOUND THEN
                outcome := 2;
            END IF;
        END IF;
        IF outcome <> 1 THEN
            outcomes[appends + s.i] := outcome;
            refused := true;
        END IF;
    END LOOP;

    IF refused THEN
        UPDATE rt.lane SET outcomes = it.outcomes WHERE id = p_lane;
    END IF;
    RETURN outcomes;
END $$;

-- Makes a channel's log unless it is there. 0: fenced.
CREATE FUNCTION rt.log_create(p_name text, p_epoch bigint, p_shard int, p_owner bigint) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    IF p_shard IS NOT NULL THEN
        PERFORM 1 FROM rt.shard WHERE shard_id = p_shard AND epoch = p_epoch AND owner = p_owner FOR SHARE;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
    END IF;
    INSERT INTO rt.log (name, epoch) VALUES (p_name, nextval('rt.log_epoch')) ON CONFLICT (name) DO NOTHING;
    RETURN true;
END $$;
