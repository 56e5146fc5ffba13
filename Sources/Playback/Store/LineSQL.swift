/// The rules for reading a place, as SQL over `watch_history AS place` and `content`. A test holds them against `FinishLine` and
/// `ResumeRule`.
///
/// `$2`, `$3` and `$4` are the rules' thresholds, as `ResumeRule.values` has them.
enum LineSQL {
    /// The length as far as is known; 0 where it is not.
    static let knownDuration = """
        CASE
            WHEN place.duration_seconds > place.outgrown_seconds
                AND place.resume_position_seconds - 2 <= place.duration_seconds THEN place.duration_seconds
            WHEN content.duration_seconds > place.outgrown_seconds
                AND place.resume_position_seconds - 2 <= content.duration_seconds THEN content.duration_seconds
            ELSE 0
        END
        """

    /// Whether a place is past the finish line.
    static let isPast = """
        CASE
            WHEN place.is_ended THEN TRUE
            WHEN content.finished_at_seconds IS NOT NULL
                THEN place.resume_position_seconds > content.finished_at_seconds
            WHEN \(knownDuration) > 0 THEN
                CAST(place.resume_position_seconds AS DOUBLE PRECISION) / \(knownDuration) > $3
                AND ($4 = 0 OR \(knownDuration) - place.resume_position_seconds <= $4)
            ELSE FALSE
        END
        """

    /// Whether a place is one that resumes.
    static let resumes = """
        (place.last_moved_at IS NOT NULL AND place.cleared_at IS NULL AND place.resume_position_seconds >= $2
            AND NOT \(isPast))
        """
}
