DROP INDEX idx_content_series;
