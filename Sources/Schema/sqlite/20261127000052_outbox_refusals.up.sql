-- Why a message that was given up was not taken.
ALTER TABLE outbox_messages ADD COLUMN refusal TEXT;
