-- no-transaction
DROP INDEX CONCURRENTLY unique_device_per_event;
