-- An operator's drain: 0 dead, 1 draining, 2 refused, because no other node takes shards. Under the lock of the view, so that of the last two nodes
-- that are drained at once one is refused.
CREATE FUNCTION rt.drain_unless_last(p_me bigint) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    now_is smallint;
BEGIN
    PERFORM rt.lock_view();
    SELECT status INTO now_is FROM rt.node WHERE inc = p_me AND status IN (2, 3);
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    IF now_is = 3 THEN
        RETURN 1;
    END IF;
    PERFORM 1 FROM rt.node WHERE status = 2 AND inc <> p_me;
    IF NOT FOUND THEN
        RETURN 2;
    END IF;
    PERFORM rt.bump();
    UPDATE rt.node SET status = 3 WHERE inc = p_me;
    RETURN 1;
END $$;
