-- The tables. Lock order everywhere: cluster, node, lane, shard, log. Who changes the view locks the cluster row first, so that changes
-- of the view have one order.

CREATE SCHEMA rt;
CREATE TABLE rt.schema_version (one smallint PRIMARY KEY DEFAULT 1 CHECK (one = 1), version int NOT NULL);
INSERT INTO rt.schema_version (version) VALUES (0);

CREATE SEQUENCE rt.incarnation;
CREATE SEQUENCE rt.log_epoch;

-- One row. store_tli is the timeline of the write-ahead log that was seen last: another one means that a standby was promoted.
CREATE TABLE rt.cluster (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    store_id uuid NOT NULL,
    store_tli int NOT NULL,
    store_epoch bigint NOT NULL DEFAULT 1,
    shard_count int,
    view_version bigint NOT NULL DEFAULT 1,
    proto_min int NOT NULL DEFAULT 1,
    proto_max int NOT NULL DEFAULT 1) WITH (fillfactor = 20);

CREATE TABLE rt.token_key (
    id smallint PRIMARY KEY CHECK (id BETWEEN 0 AND 255),
    key bytea NOT NULL CHECK (length(key) = 32));

-- hb_seq is the lease: a counter that must move. hb_at is for people; nothing decides on it but the cleaning of dead rows.
CREATE TABLE rt.node (
    inc bigint PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    boot_id uuid NOT NULL,
    peer_addr text NOT NULL,
    client_url text,
    zone text,
    capacity int NOT NULL,
    proto int NOT NULL,
    status smallint NOT NULL CHECK (status IN (2, 3, 4)),
    hb_seq bigint NOT NULL DEFAULT 0,
    load int NOT NULL DEFAULT 0,
    hb_at timestamptz NOT NULL DEFAULT now()) WITH (fillfactor = 50);
CREATE UNIQUE INDEX node_live_name ON rt.node (name) WHERE status < 4;

CREATE TABLE rt.shard (
    shard_id int PRIMARY KEY,
    epoch bigint NOT NULL DEFAULT 0,
    owner bigint,
    changed_at_version bigint NOT NULL DEFAULT 0) WITH (fillfactor = 50);
CREATE INDEX shard_owner ON rt.shard (owner);

-- total counts the bytes ever appended to a log and journal.before those ahead of a message, so that the bytes kept are one subtraction,
-- whatever is trimmed. A log's kept messages are exactly tail ... head; rows below tail are rubbish.
CREATE TABLE rt.log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    epoch bigint NOT NULL,
    head bigint NOT NULL DEFAULT 0,
    tail bigint NOT NULL DEFAULT 1,
    total bigint NOT NULL DEFAULT 0) WITH (fillfactor = 50);

CREATE TABLE rt.journal (
    log bigint NOT NULL,
    off bigint NOT NULL,
    at bigint NOT NULL,
    before bigint NOT NULL,
    size int NOT NULL,
    record bytea NOT NULL,
    PRIMARY KEY (log, off));

-- A producer owns a fixed number of slots per log and goes round them, so the window trims itself.
CREATE TABLE rt.producer (
    log bigint NOT NULL,
    producer text COLLATE "C" NOT NULL,
    slot smallint NOT NULL,
    count bigint NOT NULL,
    seq bigint NOT NULL,
    off bigint NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (log, producer, slot)) WITH (fillfactor = 50);

-- shard is null in rows that were written without a fence.
CREATE TABLE rt.session (
    id uuid PRIMARY KEY,
    shard int,
    revision bigint NOT NULL,
    expires_at bigint,
    record bytea NOT NULL) WITH (fillfactor = 70);
CREATE INDEX session_expires ON rt.session (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX session_attached ON rt.session (id) WHERE expires_at IS NULL;

-- One row per connection that writes: the number of its last committed batch, written in the batch's own transaction, and which of its
-- writes were refused. This is how a lost answer is looked up. The generation grows with every connection, so that a batch which is still
-- on its way when its outcome is looked up can no longer commit.
CREATE TABLE rt.lane (
    id uuid PRIMARY KEY,
    generation bigint NOT NULL,
    batch bigint NOT NULL,
    outcomes smallint[],
    used_at timestamptz NOT NULL DEFAULT now()) WITH (fillfactor = 10);

-- The token keys are secret.
REVOKE ALL ON SCHEMA rt FROM PUBLIC;
