-- Where the app shows a title: what somebody can go on with leads there.
ALTER TABLE content ADD COLUMN url TEXT;
