/// A table of an operator's page.
struct AdminTable {
    /// One cell.
    struct Cell {
        private let text: String
        private let link: String?
        fileprivate let isFigure: Bool
        private let forms: [Form]

        /// Words.
        init(_ text: String, link: String? = nil) {
            self.init(text, link, isFigure: false, [])
        }

        private init(_ text: String, _ link: String?, isFigure: Bool, _ forms: [Form]) {
            self.text = text
            self.link = link
            self.isFigure = isFigure
            self.forms = forms
        }

        /// A figure, which stands to the right.
        static func figure(_ text: String) -> Cell { Cell(text, nil, isFigure: true, []) }

        /// A moment.
        static func moment(_ seen: Seen) -> Cell { Cell(Words.moment(seen.string)) }

        /// What can be done.
        static func forms(_ forms: [Form]) -> Cell { Cell("", nil, isFigure: false, forms) }

        fileprivate var values: [String: Any] {
            ["text": text, "figure": isFigure, "forms": forms.map(\.values), "link": link ?? false as Any]
        }
    }

    /// A button, and what it sends.
    struct Form {
        let action: String
        let button: String
        var fields: [(name: String, value: String)] = []
        /// What is asked for beside it, by its name and label.
        var asks: (name: String, label: String, value: String)?
        var isDangerous = false

        fileprivate var values: [String: Any] {
            [
                "action": action, "button": button, "danger": isDangerous,
                "fields": fields.map { ["name": $0.name, "value": $0.value] },
                "asks": asks.map { ["name": $0.name, "label": $0.label, "value": $0.value] } ?? false as Any,
            ]
        }
    }

    let caption: String
    let columns: [String]
    let rows: [[Cell]]
    /// What is said where there are no rows.
    var empty = "Nothing here."
    /// Where more of it is; nil where that is all.
    var next: String?

    /// As the template `admin-table` reads it.
    var values: [String: Any] {
        [
            "caption": caption,
            "columns": columns.enumerated().map { index, name -> [String: Any] in
                ["name": name, "figure": rows.first.map { $0[index].isFigure } ?? false]
            },
            "rows": rows.map { row -> [String: Any] in
                [
                    "cells": zip(columns, row).map { name, cell in
                        cell.values.merging(["column": name]) { own, _ in own }
                    }
                ]
            },
            // Said where there is none, since a template looks for what is missing in what is around it.
            "width": columns.count, "empty": empty, "next": next ?? false as Any,
        ]
    }

    /// A table of whatever objects a list holds: a column for each member that is anywhere of a simple kind.
    static func of(_ items: [Seen], caption: String, without hidden: Set<String> = []) -> AdminTable {
        var names: [String] = []
        for item in items {
            for (name, value) in item.members
            where !hidden.contains(name) && !names.contains(name) && !value.words.isEmpty {
                names.append(name)
            }
        }
        return AdminTable(
            // A table without a column is none.
            caption: caption, columns: names.isEmpty ? [caption] : names.map { $0.replacing("_", with: " ") },
            rows: names.isEmpty
                ? []
                : items.map { item in
                    names.map { name in
                        let value = item[name]
                        return value.number == nil ? Cell(String(value.words.prefix(300))) : .figure(value.words)
                    }
                })
    }
}
