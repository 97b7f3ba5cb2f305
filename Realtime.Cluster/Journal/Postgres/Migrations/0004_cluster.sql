-- The view of the cluster and who owns what. Each is one statement for the caller: nobody holds a lock over a round trip.

CREATE FUNCTION rt.lock_view() RETURNS void LANGUAGE sql AS $$
    SELECT 1 FROM rt.cluster FOR NO KEY UPDATE;
$$;

CREATE FUNCTION rt.bump() RETURNS bigint LANGUAGE sql AS $$
    UPDATE rt.cluster SET view_version = view_version + 1 RETURNING view_version;
$$;

-- The timeline changes when a standby is promoted, and what the old primary had not sent is lost. Epochs and incarnations jump past
-- everything that can have been given out on the lost timeline. Raises on a standby by itself.
CREATE FUNCTION rt.store_check() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    tli int := ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int;
    v bigint;
BEGIN
    PERFORM 1 FROM rt.cluster WHERE store_tli = tli;
    IF FOUND THEN
        RETURN;
    END IF;
    UPDATE rt.cluster SET store_tli = tli, store_epoch = store_epoch + 1, view_version = view_version + 1
        WHERE store_tli <> tli RETURNING view_version INTO v;
    IF FOUND THEN
        UPDATE rt.shard SET epoch = epoch + 1000000, owner = NULL, changed_at_version = v;
        PERFORM setval('rt.incarnation', nextval('rt.incarnation') + 1000000);
        PERFORM setval('rt.log_epoch', nextval('rt.log_epoch') + 1000000);
    END IF;
END $$;

-- Creates the shards when the cluster is new; answers what it has.
CREATE FUNCTION rt.found(p_shards int, p_proto int, OUT shards int, OUT proto_min int, OUT proto_max int) LANGUAGE plpgsql AS $$
DECLARE
    v bigint;
BEGIN
    PERFORM rt.lock_view();
    SELECT c.shard_count, c.proto_min, c.proto_max INTO shards, proto_min, proto_max FROM rt.cluster c;
    IF shards IS NULL THEN
        v := rt.bump();
        INSERT INTO rt.shard (shard_id, changed_at_version) SELECT s, v FROM generate_series(0, p_shards - 1) s;
        UPDATE rt.cluster c SET shard_count = p_shards, proto_min = p_proto, proto_max = p_proto;
        shards := p_shards;
        proto_min := p_proto;
        proto_max := p_proto;
    END IF;
END $$;

-- Declares dead and frees. Shards whose fence a write holds are left for whoever acquires them: waiting for a stopped node's
-- transaction would hold up its own replacement.
CREATE FUNCTION rt.kill(p_inc bigint, p_version bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE rt.node SET status = 4, hb_at = now() WHERE inc = p_inc AND status < 4;
    UPDATE rt.shard SET owner = NULL, epoch = epoch + 1, changed_at_version = p_version
        WHERE shard_id IN (SELECT s.shard_id FROM rt.shard s WHERE s.owner = p_inc FOR NO KEY UPDATE SKIP LOCKED);
END $$;

CREATE FUNCTION rt.node_join(
    p_name text, p_boot uuid, p_peer text, p_url text, p_zone text, p_capacity int, p_proto int, p_seen_inc bigint, p_seen_hb bigint,
    OUT incarnation bigint, OUT version bigint) LANGUAGE plpgsql AS $$
DECLARE
    o record;
BEGIN
    PERFORM rt.lock_view();
    SELECT n.inc, n.hb_seq INTO o FROM rt.node n WHERE n.name = p_name AND n.status < 4 FOR UPDATE;
    IF FOUND AND (p_seen_inc IS DISTINCT FROM o.inc OR p_seen_hb IS DISTINCT FROM o.hb_seq) THEN
        incarnation := 0;
        SELECT c.view_version INTO version FROM rt.cluster c;
        RETURN;
    END IF;
    version := rt.bump();
    IF o.inc IS NOT NULL THEN
        PERFORM rt.kill(o.inc, version);
    END IF;
    INSERT INTO rt.node (inc, name, boot_id, peer_addr, client_url, zone, capacity, proto, status)
        VALUES (nextval('rt.incarnation'), p_name, p_boot, p_peer, p_url, p_zone, p_capacity, p_proto, 2) RETURNING inc INTO incarnation;
END $$;

CREATE FUNCTION rt.heartbeat(
    p_inc bigint, p_boot uuid, p_seq bigint, p_load int, p_watch bigint[],
    OUT alive bool, OUT version bigint, OUT store bigint, OUT w_inc bigint[], OUT w_seq bigint[]) LANGUAGE plpgsql AS $$
BEGIN
    UPDATE rt.node SET hb_seq = p_seq, load = p_load, hb_at = now()
        WHERE inc = p_inc AND boot_id = p_boot AND status IN (2, 3) AND hb_seq < p_seq;
    alive := FOUND;
    IF NOT alive THEN
        -- A repeated sequence is no death: its first try may have committed without an answer.
        SELECT EXISTS (SELECT 1 FROM rt.node WHERE inc = p_inc AND boot_id = p_boot AND status IN (2, 3)) INTO alive;
    END IF;
    SELECT c.view_version, c.store_epoch INTO version, store FROM rt.cluster c;
    SELECT coalesce(array_agg(n.inc ORDER BY n.inc), '{}'), coalesce(array_agg(n.hb_seq ORDER BY n.inc), '{}') INTO w_inc, w_seq
        FROM rt.node n WHERE n.inc = ANY (p_watch) AND n.status < 4;
END $$;

CREATE FUNCTION rt.evict(p_me bigint, p_victim bigint, p_seen_hb bigint) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    PERFORM rt.lock_view();
    -- No lock on the own row: status changes only under the view's lock, and a lock here would hold up the own heartbeat.
    PERFORM 1 FROM rt.node WHERE inc = p_me AND status IN (2, 3);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM 1 FROM rt.node WHERE inc = p_victim AND status < 4 AND hb_seq = p_seen_hb FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM rt.kill(p_victim, rt.bump());
    RETURN true;
END $$;

CREATE FUNCTION rt.acquire(p_me bigint, p_want int[], OUT allowed bool, OUT version bigint, OUT shards int[], OUT epochs bigint[])
LANGUAGE plpgsql AS $$
DECLARE
    free int[];
BEGIN
    PERFORM rt.lock_view();
    shards := '{}';
    epochs := '{}';
    SELECT c.view_version INTO version FROM rt.cluster c;
    SELECT EXISTS (SELECT 1 FROM rt.node WHERE inc = p_me AND status = 2) INTO allowed;
    IF NOT allowed THEN
        RETURN;
    END IF;
    SELECT array_agg(f.shard_id) INTO free FROM (
        SELECT s.shard_id FROM rt.shard s
            WHERE s.shard_id = ANY (p_want)
                AND (s.owner IS NULL OR NOT EXISTS (SELECT 1 FROM rt.node d WHERE d.inc = s.owner AND d.status < 4))
            FOR NO KEY UPDATE OF s SKIP LOCKED) f;
    IF free IS NULL THEN
        RETURN;
    END IF;
    version := rt.bump();
    WITH taken AS (
        UPDATE rt.shard s SET owner = p_me, epoch = s.epoch + 1, changed_at_version = acquire.version
            WHERE s.shard_id = ANY (free) RETURNING s.shard_id, s.epoch)
        SELECT array_agg(t.shard_id ORDER BY t.shard_id), array_agg(t.epoch ORDER BY t.shard_id) INTO shards, epochs FROM taken t;
END $$;

CREATE FUNCTION rt.handoff(
    p_me bigint, p_to bigint, p_shards int[], p_epochs bigint[],
    OUT allowed bool, OUT version bigint, OUT shards int[], OUT epochs bigint[]) LANGUAGE plpgsql AS $$
DECLARE
    mine int[];
BEGIN
    PERFORM rt.lock_view();
    shards := '{}';
    epochs := '{}';
    SELECT c.view_version INTO version FROM rt.cluster c;
    SELECT EXISTS (SELECT 1 FROM rt.node WHERE inc = p_to AND status = 2)
        AND EXISTS (SELECT 1 FROM rt.node WHERE inc = p_me AND status IN (2, 3)) INTO allowed;
    IF NOT allowed THEN
        RETURN;
    END IF;
    -- Never waits for a batch while it holds the view: that would stop all other changes.
    SELECT array_agg(m.shard_id) INTO mine FROM (
        SELECT s.shard_id FROM rt.shard s JOIN unnest(p_shards, p_epochs) AS p(shard, epoch) ON p.shard = s.shard_id AND p.epoch = s.epoch
            WHERE s.owner = p_me FOR NO KEY UPDATE OF s SKIP LOCKED) m;
    IF mine IS NULL THEN
        RETURN;
    END IF;
    version := rt.bump();
    WITH given AS (
        UPDATE rt.shard s SET owner = p_to, epoch = s.epoch + 1, changed_at_version = handoff.version
            WHERE s.shard_id = ANY (mine) RETURNING s.shard_id, s.epoch)
        SELECT array_agg(g.shard_id ORDER BY g.shard_id), array_agg(g.epoch ORDER BY g.shard_id) INTO shards, epochs FROM given g;
END $$;

CREATE FUNCTION rt.drain(p_me bigint, p_draining bool) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    wanted smallint := CASE WHEN p_draining THEN 3 ELSE 2 END;
    now_is smallint;
BEGIN
    PERFORM rt.lock_view();
    SELECT status INTO now_is FROM rt.node WHERE inc = p_me AND status IN (2, 3);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF now_is <> wanted THEN
        PERFORM rt.bump();
        UPDATE rt.node SET status = wanted WHERE inc = p_me;
    END IF;
    RETURN true;
END $$;

CREATE FUNCTION rt.leave(p_me bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM rt.lock_view();
    PERFORM 1 FROM rt.node WHERE inc = p_me AND status < 4;
    IF FOUND THEN
        PERFORM rt.kill(p_me, rt.bump());
    END IF;
END $$;
