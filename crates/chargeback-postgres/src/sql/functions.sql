-- The functions of the newest version. They are replaced by each migration.

-- Adds a job that wakes a worker at a time, unless a job for this time waits or all vendors are held. The seam to the
-- queue: another queue replaces this function.
CREATE OR REPLACE FUNCTION :schema.wake(vendors text[], at timestamptz) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    slot text;
    is_later boolean := wake.at > clock_timestamp() + interval '50 milliseconds';
BEGIN
    IF NOT EXISTS (SELECT FROM unnest(wake.vendors) n LEFT JOIN :schema.vendor v ON v.name = n WHERE v.held IS NOT TRUE)
    THEN
        RETURN;
    END IF;
    FOR attempt IN 1..3 LOOP
        -- Timers share a job for each second. Jobs that are due have a few slots, so that transactions do not wait for
        -- one another, and so that several processes are woken.
        slot := ':name/' || CASE WHEN is_later THEN ceil(extract(epoch FROM wake.at))::bigint::text
                                 ELSE 'now/' || floor(random() * 8)::int END;
        IF EXISTS (SELECT FROM :queue._private_jobs j WHERE j.key = slot AND j.is_available) THEN
            RETURN;
        END IF;
        -- A transaction that holds the slot adds the same job. If it is rolled back, the sweep finds the lane.
        IF pg_try_advisory_xact_lock(hashtextextended(slot, 7)) THEN
            PERFORM :queue.add_job(
                identifier => 'chargeback_wake',
                payload => json_build_object('schema', ':name'),
                run_at => CASE WHEN is_later THEN to_timestamp(ceil(extract(epoch FROM wake.at))) ELSE now() END,
                job_key => slot);
            RETURN;
        END IF;
    END LOOP;
END
$$;

-- Accepts a report once, and makes it the head of every lane of its case that has nothing to send. Call it as the last
-- statement of a transaction: it locks the case until the transaction ends.
--
-- `payload` is the JSON of the chargeback, or the sealed JSON; `fingerprint` is the SHA-256 of the JSON, and is needed
-- if the payload is sealed. `result` is `new`, `duplicate`, `conflicting` or `erased`.
CREATE OR REPLACE FUNCTION :schema.enqueue(
    event_key text, case_id text, stage text, occurred_at timestamptz, payload bytea, vendors text[],
    fingerprint bytea DEFAULT NULL, OUT result text, OUT seq bigint)
-- The server would otherwise plan the statements again at each call.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    -- Sorted, so that every transaction locks in the same order.
    names text[] := ARRAY(SELECT DISTINCT name FROM unnest(enqueue.vendors) name ORDER BY name);
    v_now timestamptz;
    v_digest bytea;
    erased_case text;
    existing int;
    store record;
BEGIN
    IF coalesce(enqueue.event_key, '') = '' OR octet_length(enqueue.event_key) > 255 THEN
        RAISE EXCEPTION 'event_key must have 1 to 255 bytes' USING ERRCODE = '22023';
    END IF;
    IF coalesce(enqueue.case_id, '') = '' OR char_length(enqueue.case_id) > 255 OR enqueue.case_id LIKE 'erased/%' THEN
        RAISE EXCEPTION 'case_id must have 1 to 255 characters, and not start with erased/' USING ERRCODE = '22023';
    END IF;
    IF enqueue.stage IS NULL OR enqueue.occurred_at IS NULL OR enqueue.payload IS NULL OR array_length(names, 1) IS NULL
        OR array_position(names, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'stage, occurred_at, payload and vendors must be given' USING ERRCODE = '22023';
    END IF;
    IF NOT enqueue.stage = ANY (:stages) THEN
        RAISE EXCEPTION 'stage is not one of %', :stages USING ERRCODE = '22023';
    END IF;
    IF enqueue.occurred_at NOT BETWEEN '0001-01-01 00:00:00Z' AND '9999-12-31 23:59:59Z' THEN
        RAISE EXCEPTION 'occurred_at must be in the years 1 to 9999' USING ERRCODE = '22023';
    END IF;
    IF current_setting('synchronous_commit') IN ('off', 'local') THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    SELECT s.inner_block, s.outer_block, s.distrusted_since, EXISTS (SELECT FROM :schema.erased) AS has_erased,
           r.seq, r.digest, r.case_id
        INTO store FROM :schema.settings s LEFT JOIN :schema.report r ON r.key = enqueue.event_key;
    v_digest := :schema.keyed_hash(store.inner_block, store.outer_block, 'payload',
        coalesce(enqueue.fingerprint, sha256(enqueue.payload)));
    IF store.seq IS NULL AND store.has_erased THEN
        IF EXISTS (SELECT FROM :schema.erased e WHERE e.key_hash = encode(:schema.keyed_hash(
            store.inner_block, store.outer_block, 'key', convert_to(enqueue.event_key, 'UTF8')), 'hex')) THEN
            result := 'erased';
            RETURN;
        END IF;
        erased_case := 'erased/' || encode(:schema.keyed_hash(
            store.inner_block, store.outer_block, 'case', convert_to(enqueue.case_id, 'UTF8')), 'hex');
    END IF;

    IF store.seq IS NULL THEN
        -- Before the number is drawn. Otherwise a transaction that commits late has a lower number than the lane's head.
        PERFORM pg_advisory_xact_lock(hashtextextended(':name/' || enqueue.case_id, 0));
        v_now := :schema.clock();
        INSERT INTO :schema.report AS r (case_id, key, digest, stage, occurred_at, vendors, payload, accepted_at)
            VALUES (enqueue.case_id, enqueue.event_key, v_digest, enqueue.stage, enqueue.occurred_at, names,
                    enqueue.payload, v_now)
            ON CONFLICT (key) DO NOTHING RETURNING r.seq INTO enqueue.seq;
        IF enqueue.seq IS NULL THEN
            SELECT s.distrusted_since, r.seq, r.digest, r.case_id INTO store
                FROM :schema.settings s LEFT JOIN :schema.report r ON r.key = enqueue.event_key;
            IF store.seq IS NULL THEN
                -- Erased meanwhile.
                result := 'erased';
                RETURN;
            END IF;
        END IF;
    END IF;
    IF store.seq IS NOT NULL THEN
        enqueue.seq := store.seq;
        result := CASE WHEN store.digest = v_digest AND store.case_id = enqueue.case_id THEN 'duplicate'
                       ELSE 'conflicting' END;
        RETURN;
    END IF;

    -- A holder that finishes its report waits for the lock, and then finds this report.
    SELECT count(*) INTO existing FROM (
        SELECT FROM :schema.lane l WHERE l.case_id = enqueue.case_id AND l.vendor = ANY (names)
        ORDER BY l.id FOR UPDATE) locked;
    IF existing < cardinality(names) AND erased_case IS NOT NULL THEN
        -- A later event of an erased case continues its lanes.
        PERFORM FROM :schema.lane l WHERE l.case_id = erased_case ORDER BY l.id FOR UPDATE;
        UPDATE :schema.lane l SET case_id = enqueue.case_id
            WHERE l.case_id = erased_case AND NOT EXISTS (
                SELECT FROM :schema.lane o WHERE o.case_id = enqueue.case_id AND o.vendor = l.vendor);
        SELECT count(*) INTO existing FROM :schema.lane l
            WHERE l.case_id = enqueue.case_id AND l.vendor = ANY (names);
    END IF;
    IF existing > 0 THEN
        -- A new report does not wait for a resend. The resend follows when the lane is idle again.
        WITH resent AS (
            DELETE FROM :schema.open o USING :schema.lane l
            WHERE l.case_id = enqueue.case_id AND l.vendor = ANY (names) AND l.state = 'ready' AND l.again
                AND l.reason IS NOT NULL AND o.lane = l.id AND o.seq IN (l.head, l.replacement) RETURNING o.seq)
        INSERT INTO :schema.expiry (at, seq) SELECT v_now, r.seq FROM resent r;
        UPDATE :schema.lane l SET state = 'ready', head = enqueue.seq, again = false, replacement = NULL, attempts = 0,
            crashes = 0, lookups = 0, waited = 0, due = v_now, since = v_now, reason = NULL, owner = NULL
            WHERE l.case_id = enqueue.case_id AND l.vendor = ANY (names)
                AND (l.state = 'idle' OR (l.state = 'ready' AND l.again AND l.reason IS NOT NULL));
        INSERT INTO :schema.open (lane, seq)
            SELECT l.id, enqueue.seq FROM :schema.lane l WHERE l.case_id = enqueue.case_id AND l.vendor = ANY (names);
    END IF;
    IF existing < cardinality(names) THEN
        IF (SELECT count(*) FROM :schema.vendor v WHERE v.name = ANY (names)) < cardinality(names) THEN
            INSERT INTO :schema.vendor (name) SELECT n FROM unnest(names) n ON CONFLICT DO NOTHING;
        END IF;
        WITH added AS (
            INSERT INTO :schema.lane AS l (vendor, case_id, state, head, due, since)
            SELECT n, enqueue.case_id, 'ready', enqueue.seq, v_now, v_now FROM unnest(names) n
            WHERE existing = 0 OR NOT EXISTS (
                SELECT FROM :schema.lane o WHERE o.case_id = enqueue.case_id AND o.vendor = n)
            RETURNING l.id)
        INSERT INTO :schema.open (lane, seq) SELECT a.id, enqueue.seq FROM added a;
        -- A report that the lost part of a restored database accepted may have created the case at the vendor.
        IF enqueue.occurred_at < store.distrusted_since THEN
            UPDATE :schema.lane l SET in_flight = enqueue.stage, in_flight_at = enqueue.occurred_at,
                in_flight_since = v_now, in_flight_seq = enqueue.seq
                WHERE l.case_id = enqueue.case_id AND l.vendor = ANY (names) AND l.token = 0
                    AND l.head = enqueue.seq AND l.in_flight IS NULL AND l.acknowledged IS NULL;
        END IF;
    END IF;
    PERFORM :schema.wake(names, v_now);
    result := 'new';
END
$$;

-- As `enqueue`, with the case id, the stage and the time from the JSON of the chargeback.
CREATE OR REPLACE FUNCTION :schema.enqueue_json(
    event_key text, chargeback text, vendors text[], OUT result text, OUT seq bigint)
LANGUAGE sql
AS $$
SELECT e.result, e.seq FROM :schema.enqueue(
    event_key, chargeback::json ->> 'case_id', chargeback::json ->> 'stage',
    (chargeback::json ->> 'occurred_at')::timestamptz, convert_to(chargeback, 'UTF8'), vendors) e
$$;

-- Allows a role to enqueue, and nothing else.
CREATE OR REPLACE FUNCTION :schema.grant_enqueue(role name) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA :schema TO %I', role);
    EXECUTE format('GRANT EXECUTE ON FUNCTION :schema.enqueue(text, text, text, timestamptz, bytea, text[], bytea), '
        ':schema.enqueue_json(text, text, text[]), :schema.event_key(text, text, text) TO %I', role);
END
$$;

-- Allows a role to run workers and operators, without the right to change tables. The tables of the queue have row level
-- security, so that the role also needs a policy.
CREATE OR REPLACE FUNCTION :schema.grant_worker(role name) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    tab regclass;
BEGIN
    FOR tab IN SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ':queue' AND c.relrowsecurity
    LOOP
        EXECUTE format('DROP POLICY IF EXISTS %I ON %s', 'chargeback_' || role, tab);
        EXECUTE format('CREATE POLICY %I ON %s TO %I USING (true) WITH CHECK (true)', 'chargeback_' || role, tab, role);
    END LOOP;
    PERFORM :schema.grant_enqueue(role);
    EXECUTE format('GRANT USAGE ON SCHEMA :queue TO %I', role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA :schema, :queue TO %I', role);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA :schema, :queue TO %I', role);
    EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA :schema, :queue TO %I', role);
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA :schema FROM PUBLIC;
