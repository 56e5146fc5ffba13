DROP INDEX idx_summaries_playground;
