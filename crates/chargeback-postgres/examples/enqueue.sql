-- A service in another language: the event and the service's own row in one transaction. The JSON is that of the crate
-- `chargeback`: case_id, stage, occurred_at, reason and the ids that the vendors need.
BEGIN;

UPDATE payment SET state = 'disputed' WHERE order_id = 'ORD_10726';

-- The key of an event has three parts: the source, the merchant's account there, and the event's id. The function
-- returns `new`, `duplicate`, `conflicting` or `erased`; answer the webhook with 200 in all four cases.
SELECT result FROM chargeback.enqueue_json(
    event_key => chargeback.event_key('stripe', 'acct_1', 'evt_1'),
    chargeback => '{
        "case_id": "CB-1", "stage": "received", "occurred_at": "2026-10-03T09:12:00Z", "reason": "not_received",
        "payment": {"order_id": "ORD_10726"}
    }',
    vendors => ARRAY['revcent', 'spade']);

COMMIT;
