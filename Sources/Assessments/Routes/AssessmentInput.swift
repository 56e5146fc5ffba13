import Core
import Hummingbird
import Web

extension Scope {
    static let readAssessments = Scope(.assessments, .read)
    static let writeAssessments = Scope(.assessments, .write)
}

/// The numbers that rows can have.
let rowNumbers = 1...2_147_483_647

/// The session named in the path: opaque text.
func sessionID(_ context: DogearContext) -> String {
    readable(sessionID: context.parameters.get("session_id") ?? "")
}

/// A session's id; what cannot be one is empty, which no session has.
func readable(sessionID text: String) -> String {
    text.utf8.count <= 200 && !text.utf8.contains(0) ? text : ""
}
