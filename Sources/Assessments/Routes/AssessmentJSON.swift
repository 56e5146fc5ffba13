import Core

extension AssessmentSession {
    /// What the seed tells of a session, and what it has chosen since.
    var json: JSON {
        var members: [JSON.Member] = [
            .init("session_id", .string(id)), .init("status", .string(status.rawValue)),
            .init("current_page_id", .optional(currentPageID) { .integer($0) }),
            .init("last_activity", .instant(lastActivity)), .init("revision", .integer(revision)),
        ]
        if let language { members.append(.init("language", .string(language))) }
        if let pausedAt { members.append(.init("paused_at", .instant(pausedAt))) }
        return .object(members)
    }
}

extension Progress {
    var json: JSON {
        [
            "questions_answered": .integer(answered), "total_questions": .integer(total),
            "percentage": .number(percentage), "total_xp": .integer(totalXP),
        ]
    }
}

extension GivenAnswer {
    /// In the form in which it is given.
    var json: JSON {
        switch self {
        case .slider(let value): ["type": "slider", "value": .number(value)]
        case .mcq(let selected, let other):
            .object(
                [.init("type", "mcq"), .init("selected_options", .array(selected.map { .string($0) }))]
                    + (other.map { [.init("other_text", .string($0))] } ?? []))
        case .ordering(let order): ["type": "ordering", "ordered_items": .array(order.map { .string($0) })]
        case .essay(let text): ["type": "essay", "text": .string(text)]
        case .number(let value): ["type": "number", "value": .number(value)]
        case .date(let day): ["type": "date", "date": .string(day)]
        case .text(let text): ["type": "text", "text": .string(text)]
        case .matrix(let cells):
            [
                "type": "matrix",
                "rows": .object(
                    cells.sorted { $0.key < $1.key }.map { .init($0.key, .array($0.value.map { .string($0) })) }),
            ]
        }
    }
}

extension Page {
    var json: JSON {
        [
            "id": .integer(id), "title": .string(title), "description": .optional(description) { .string($0) },
            "module_name": .optional(moduleName) { .string($0) },
            "module_emoji": .optional(moduleEmoji) { .string($0) },
            "chapter_number": .optional(chapterNumber) { .integer($0) },
            "estimated_minutes": .optional(estimatedMinutes) { .integer($0) },
            "completion_message": .optional(completionMessage) { .string($0) }, "order_index": .integer(orderIndex),
        ]
    }
}

extension Question {
    /// - Parameter language: The one that it is told in.
    func json(in language: String?) -> JSON {
        var members: [JSON.Member] = [
            .init("id", .integer(id)), .init("type", .string(kind.name.rawValue)), .init("text", .string(text)),
            .init("required", .bool(isRequired)),
            .init("options", kind.json(item: { label(ofItem: $0, in: language) })),
        ]
        if let imagePath { members.append(.init("image_path", .string(imagePath))) }
        if let scene { members.append(.init("scene", scene.json)) }
        return .object(members)
    }
}

extension Question.Kind {
    /// - Parameter item: What an item of an ordering is called.
    fileprivate func json(item: (String) -> String) -> JSON {
        switch self {
        case .slider(let slider):
            [
                "min": .integer(Int(slider.range.lowerBound)), "max": .integer(Int(slider.range.upperBound)),
                "min_label": .optional(slider.minimumLabel) { .string($0) },
                "max_label": .optional(slider.maximumLabel) { .string($0) },
                "scale_labels": slider.labels.isEmpty ? .null : .array(slider.labels.map { .string($0) }),
            ]
        case .mcq(let choices, let allowsMultiple):
            [
                "choices": .array(choices.map(\.json)),
                "multiple": .bool(allowsMultiple),
            ]
        case .ordering(let items, let isRandomized):
            [
                "items": .array(
                    items.map { value in
                        let text = item(value)
                        return text == value
                            ? ["text": .string(text)] : ["text": .string(text), "value": .string(value)]
                    }), "randomize": .bool(isRandomized),
            ]
        case .essay(let limit): ["char_limit": .integer(limit)]
        case .number(let quantity):
            [
                "min": .optional(quantity.minimum) { .number($0) }, "max": .optional(quantity.maximum) { .number($0) },
                "step": .optional(quantity.step) { .number($0) }, "unit": .optional(quantity.unit) { .string($0) },
            ]
        case .date(let span):
            ["min": .optional(span.earliest) { .string($0) }, "max": .optional(span.latest) { .string($0) }]
        case .text(let line):
            [
                "char_limit": .integer(line.characterLimit), "format": line.isEmail ? "email" : .null,
                "pattern": .optional(line.pattern) { .string($0.text) },
            ]
        case .matrix(let matrix):
            [
                "rows": .array(matrix.rows.map(\.json)), "columns": .array(matrix.columns.map(\.json)),
                "multiple": .bool(matrix.allowsMultiple),
            ]
        }
    }
}

extension Question.Choice {
    fileprivate var json: JSON {
        var members: [JSON.Member] = [.init("value", .string(value)), .init("label", .string(label))]
        if isExclusive { members.append(.init("exclusive", true)) }
        if isOther { members.append(.init("other", true)) }
        return .object(members)
    }
}

extension Question.Scene {
    fileprivate var json: JSON {
        [
            "title": .optional(title) { .string($0) }, "narrative": .optional(narrative) { .string($0) },
            "image_url": .optional(imageURL) { .string($0) }, "theme": .optional(theme) { .string($0) },
        ]
    }
}
