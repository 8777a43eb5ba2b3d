//! The statements of a store, with the name of its schema.

use crate::names::Schema;
use crate::rows::lanes;

/// Defines a struct with one text for each statement.
macro_rules! statements {
    ($( $(#[$meta:meta])* $name:ident = $text:expr; )+) => {
        /// The text of each statement.
        pub(crate) struct Statements {
            $( $(#[$meta])* pub(crate) $name: String, )+
        }

        impl Statements {
            pub(crate) fn new(schema: &Schema) -> Self {
                Self { $( $name: schema.apply(&$text), )+ }
            }
        }
    };
}

statements! {
    clock = "SELECT :schema.clock()";
    /// Locks lanes that no other transaction has locked.
    lock_free = format!(
        "SELECT {} FROM :schema.lane WHERE id = ANY ($1) ORDER BY id FOR UPDATE SKIP LOCKED", lanes::select("")
    );
    /// Waits for the locks of lanes.
    lock = format!("SELECT {} FROM :schema.lane WHERE id = ANY ($1) ORDER BY id FOR UPDATE", lanes::select(""));
    lock_case = format!("SELECT {} FROM :schema.lane WHERE case_id = $1 ORDER BY id FOR UPDATE", lanes::select(""));
    lock_cases = format!(
        "SELECT {} FROM :schema.lane WHERE case_id = ANY ($1) ORDER BY id FOR UPDATE SKIP LOCKED", lanes::select("")
    );
    lock_page = format!(
        "SELECT {} FROM :schema.lane WHERE id > $1 ORDER BY id LIMIT $2 FOR UPDATE", lanes::select("")
    );
    /// The lock that `enqueue` takes before it draws a number.
    lock_case_id = "SELECT pg_advisory_xact_lock(hashtextextended(':name/' || $1, 0))";
    /// Lanes that are due, with the payloads of their heads. The query of the time is a constant for the index.
    due = format!(
        "WITH due AS MATERIALIZED (SELECT {} FROM :schema.lane WHERE vendor = $1 AND state IN ('ready', 'leased') \
         AND due <= (SELECT :schema.clock()) ORDER BY due LIMIT $2 FOR UPDATE SKIP LOCKED) \
         SELECT {}, r.seq, r.stage, r.occurred_at, r.accepted_at, r.payload IS NOT NULL, r.payload \
         FROM due d LEFT JOIN :schema.report r ON r.seq = coalesce(d.replacement, d.head)",
        lanes::select(""), lanes::select("d.")
    );
    /// The reports that the rules of these lanes read: the head, its replacement, the last acknowledged report, and the
    /// next open one. Only the payload of the next report is needed.
    reports = "SELECT l.id, r.seq, r.stage, r.occurred_at, r.accepted_at, r.payload IS NOT NULL, \
         CASE WHEN s.is_next THEN r.payload END, o.seq IS NOT NULL \
         FROM unnest($1::bigint[]) x JOIN :schema.lane l ON l.id = x \
         CROSS JOIN LATERAL (SELECT l.head, false UNION ALL \
             SELECT l.replacement, false WHERE l.replacement IS NOT NULL UNION ALL \
             SELECT l.acknowledged_seq, false WHERE l.acknowledged_seq IS NOT NULL \
                 AND l.acknowledged_seq NOT IN (l.head, coalesce(l.replacement, 0)) UNION ALL \
             (SELECT n.seq, true FROM :schema.open n WHERE n.lane = l.id AND n.seq > l.head \
                 AND n.seq IS DISTINCT FROM l.replacement ORDER BY n.seq LIMIT 1)) s(seq, is_next) \
         JOIN :schema.report r ON r.seq = s.seq LEFT JOIN :schema.open o ON o.lane = l.id AND o.seq = r.seq";
    /// Reports with their payloads.
    payloads = "SELECT seq, stage, occurred_at, accepted_at, payload IS NOT NULL, payload FROM :schema.report \
         WHERE seq = ANY ($1)";
    /// All columns of the reports of cases.
    of_cases = "SELECT seq, case_id, key, stage, occurred_at, accepted_at, payload IS NOT NULL, \
         CASE WHEN $2 THEN payload END, coalesce((SELECT max(e.at) FROM :schema.expiry e WHERE e.seq = r.seq), \
         'epoch'), ARRAY(SELECT l.vendor FROM :schema.lane l JOIN :schema.open o ON o.lane = l.id \
         WHERE l.case_id = r.case_id AND o.seq = r.seq) FROM :schema.report r WHERE case_id = ANY ($1)";
    by_key = "SELECT seq FROM :schema.report WHERE key = $1";
    next_seq = "SELECT nextval(pg_get_serial_sequence(':schema.report', 'seq'))";
    next_due = "SELECT min(due) FROM :schema.lane WHERE vendor = $1 AND state IN ('ready', 'leased')";

    update_lanes = lanes::update();
    delete_open = "DELETE FROM :schema.open o USING unnest($1::bigint[], $2::bigint[]) u(lane, seq) \
         WHERE o.lane = u.lane AND o.seq = u.seq";
    insert_open = "INSERT INTO :schema.open (lane, seq) SELECT * FROM unnest($1::bigint[], $2::bigint[]) \
         ON CONFLICT DO NOTHING";
    insert_expiry = "INSERT INTO :schema.expiry (seq, at) SELECT * FROM unnest($1::bigint[], $2::timestamptz[])";
    insert_history = "INSERT INTO :schema.history (vendor, seq, case_id, stage, occurred_at, passed, losses, at, \
         attempts, request_id, note) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], \
         $5::timestamptz[], $6::text[], $7::text[], $8::timestamptz[], $9::integer[], $10::text[], $11::text[])";
    insert_report = "INSERT INTO :schema.report (seq, case_id, key, digest, stage, occurred_at, vendors, payload, \
         accepted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    delete_payloads = "UPDATE :schema.report SET payload = NULL WHERE seq = ANY ($1)";
    erase_reports = "UPDATE :schema.report r SET payload = NULL, digest = '\\x'::bytea, key = u.key, \
         case_id = u.case_id FROM unnest($1::bigint[], $2::text[], $3::text[]) u(seq, key, case_id) \
         WHERE r.seq = u.seq";
    insert_erased = "INSERT INTO :schema.erased (key_hash, at) SELECT k, :schema.clock() FROM unnest($1::text[]) k \
         ON CONFLICT DO NOTHING";
    rename_history = "UPDATE :schema.history SET case_id = $2, request_id = NULL, note = NULL WHERE case_id = $1";
    history = "SELECT vendor, seq, stage, occurred_at, passed, losses, at, attempts, request_id, note \
         FROM :schema.history WHERE case_id = $1 ORDER BY id";
    wake = "SELECT :schema.wake(ARRAY[u.vendor], u.at) FROM unnest($1::text[], $2::timestamptz[]) u(vendor, at)";

    vendor = "SELECT state, until, version FROM :schema.vendor WHERE name = $1 AND state IS NOT NULL";
    insert_vendor = "INSERT INTO :schema.vendor AS v (name, state, until, version, held) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (name) DO UPDATE SET state = excluded.state, until = excluded.until, version = excluded.version, \
         held = excluded.held WHERE v.version = excluded.version - 1";
    register = "WITH gone AS (DELETE FROM :schema.worker WHERE seen < (SELECT :schema.clock()) - interval '60 s' \
         AND owner <> $1), seen AS (INSERT INTO :schema.worker (owner, vendors, seen) \
         VALUES ($1, $2, :schema.clock()) ON CONFLICT (owner) DO UPDATE SET vendors = excluded.vendors, \
         seen = excluded.seen) SELECT count(*) FROM :schema.worker WHERE owner <> $1 \
         AND seen >= (SELECT :schema.clock()) - interval '60 s'";
    sweep_candidates = "DELETE FROM :schema.expiry WHERE ctid IN (SELECT ctid FROM :schema.expiry WHERE at <= $1 \
         ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING seq, at";
    count_lanes = "SELECT case_id, count(*) FROM :schema.lane WHERE case_id = ANY ($1) GROUP BY case_id";
    cases_of = "SELECT DISTINCT case_id FROM :schema.report WHERE seq = ANY ($1)";
    delete_history = "DELETE FROM :schema.history WHERE id IN (SELECT id FROM :schema.history WHERE at < $1 \
         ORDER BY at LIMIT $2)";
    distrust = "UPDATE :schema.settings SET distrusted_since = :schema.clock()";

    rate_row = "INSERT INTO :schema.rate (vendor, scope, free_at) VALUES ($1, $2, 'epoch') ON CONFLICT DO NOTHING";
    rate_lock = "SELECT free_at FROM :schema.rate WHERE vendor = $1 AND scope = $2 FOR UPDATE";
    rate_free = "SELECT free_at FROM :schema.rate WHERE vendor = $1 AND scope = $2";
    rate_set = "UPDATE :schema.rate SET free_at = $3 WHERE vendor = $1 AND scope = $2";

    count_vendors = "SELECT name, state, until, version FROM :schema.vendor";
    count_due = "SELECT vendor, count(*) FILTER (WHERE state = 'ready' AND due <= $1), \
         count(*) FILTER (WHERE state = 'ready' AND due > $1), count(*) FILTER (WHERE state = 'leased'), \
         min(due) FILTER (WHERE state = 'ready' AND due <= $1) \
         FROM :schema.lane WHERE state IN ('ready', 'leased') GROUP BY vendor";
    count_blocked = "SELECT vendor, reason, count(*) FROM :schema.lane WHERE state = 'blocked' GROUP BY vendor, reason";
    count_doubts = "SELECT vendor, count(*) FROM :schema.lane WHERE in_flight IS NOT NULL GROUP BY vendor";
    count_newer = "SELECT vendor, count(*) FROM :schema.lane WHERE reason = 'newer_payload' GROUP BY vendor";
    count_differs = "SELECT vendor, count(*) FROM :schema.lane WHERE resend = 'impossible' OR may_hold_skipped \
         GROUP BY vendor";
    /// The conditions of a filter follow.
    list = format!("SELECT {} FROM :schema.lane WHERE id > $1", lanes::select(""));
    lanes_of_case = format!("SELECT {} FROM :schema.lane WHERE case_id = $1 ORDER BY id", lanes::select(""));
    problems = "SELECT count(*), 'lanes have a head without a report' FROM :schema.lane l \
         LEFT JOIN :schema.report r ON r.seq = coalesce(l.replacement, l.head) WHERE r.seq IS NULL \
         UNION ALL SELECT count(*), 'lanes have a report to send without a payload' FROM :schema.lane l \
         JOIN :schema.report r ON r.seq = coalesce(l.replacement, l.head) \
         WHERE l.state <> 'idle' AND r.payload IS NULL \
         UNION ALL SELECT count(*), 'idle lanes have a report to send' FROM :schema.lane l \
         JOIN :schema.open o ON o.lane = l.id WHERE l.state = 'idle' AND o.seq > l.head \
         UNION ALL SELECT count(*), 'open reports have no lane' FROM :schema.open o \
         LEFT JOIN :schema.lane l ON l.id = o.lane WHERE l.id IS NULL";
}
