-- Where the app shows a title: what somebody can go on with leads there.
SET LOCAL lock_timeout = '5s';
ALTER TABLE content ADD COLUMN url TEXT;
