DROP INDEX one_row_per_attempt;
