-- no-transaction
DROP INDEX CONCURRENTLY one_row_per_attempt;
