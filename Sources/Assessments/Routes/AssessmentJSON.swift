import Core

extension AssessmentSession {
    var json: JSON {
        [
            "session_id": .string(id), "status": .string(status.rawValue),
            "current_page_id": .optional(currentPageID) { .integer($0) }, "last_activity": .instant(lastActivity),
            "revision": .integer(revision),
        ]
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
        case .mcq(let selected): ["type": "mcq", "selected_options": .array(selected.map { .string($0) })]
        case .ordering(let order): ["type": "ordering", "ordered_items": .array(order.map { .string($0) })]
        case .essay(let text): ["type": "essay", "text": .string(text)]
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
    var json: JSON {
        var members: [JSON.Member] = [
            .init("id", .integer(id)), .init("type", .string(kind.name.rawValue)), .init("text", .string(text)),
            .init("required", .bool(isRequired)), .init("options", kind.json),
        ]
        if let imagePath { members.append(.init("image_path", .string(imagePath))) }
        if let scene { members.append(.init("scene", scene.json)) }
        return .object(members)
    }
}

extension Question.Kind {
    fileprivate var json: JSON {
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
                "choices": .array(choices.map { ["value": .string($0.value), "label": .string($0.label)] }),
                "multiple": .bool(allowsMultiple),
            ]
        case .ordering(let items, let isRandomized):
            ["items": .array(items.map { ["text": .string($0)] }), "randomize": .bool(isRandomized)]
        case .essay(let limit): ["char_limit": .integer(limit)]
        }
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
