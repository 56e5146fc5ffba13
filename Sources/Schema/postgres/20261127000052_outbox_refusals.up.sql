-- Why a message that was given up was not taken.
SET LOCAL lock_timeout = '5s';
ALTER TABLE outbox_messages ADD COLUMN refusal TEXT;
