import Core
import Hummingbird
import Web

extension Scope {
    static let readAssessments = Scope(.assessments, .read)
    static let writeAssessments = Scope(.assessments, .write)
}

/// The numbers that rows can have.
let rowNumbers = 1...2_147_483_647

/// The revisions that a session can be at: whole numbers that every JSON reader keeps.
let revisions = 0...9_007_199_254_740_991

/// The session named in the path: opaque text.
func sessionID(_ context: DogearContext) -> String {
    readable(sessionID: context.parameters.get("session_id") ?? "")
}

/// A session's id; what cannot be one is empty, which no session has.
func readable(sessionID text: String) -> String {
    text.utf8.count <= 200 && !text.utf8.contains(0) ? text : ""
}

extension Fields {
    /// Words of one line that a respondent may say of themselves, or leave empty. They end up in tables and mails of others, so no
    /// line breaks or other control characters.
    func optionalLine(_ name: String, length: ClosedRange<Int>) -> String? {
        let text = optionalText(name, length: length)
        if let text, text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            refuse(name, "must be one line, without control characters")
        }
        return text
    }

    /// An e-mail address, which may be left out or be empty.
    func optionalEmail(_ name: String) -> String? {
        guard let text = optionalText(name, length: 0...320), !text.isEmpty else { return has(name) ? "" : nil }
        guard let address = EmailAddress(text) else {
            refuse(name, EmailAddress.expected)
            return nil
        }
        return address.description
    }
}
