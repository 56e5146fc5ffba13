DROP TABLE outbox_events;
DROP TABLE stream_events;
DROP TABLE streams;
DROP TABLE idempotency_keys;
DROP TABLE service_keys;
