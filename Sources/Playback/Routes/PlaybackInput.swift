import Changes
import Core
import HTTPTypes
import Hummingbird
import Web

extension Scope {
    static let readPlayback = Scope(.playback, .read)
    static let writePlayback = Scope(.playback, .write)
}

/// The user named in the path, whom the caller may act for.
func userID(_ request: Request, _ context: DogearContext) throws -> ID {
    let user = try request.values(context) { $0.id("user_id") }
    try context.caller.requireReach(to: user)
    return user
}

/// The user and the title named in the path or the query.
func userTitle(_ request: Request, _ context: DogearContext) throws -> UserTitle {
    let title = try request.values(context) { UserTitle(userID: $0.id("user_id"), contentID: $0.id("content_id")) }
    try context.caller.requireReach(to: title.userID)
    return title
}

/// The session named in the path.
func sessionID(_ request: Request, _ context: DogearContext) throws -> ID {
    try request.values(context) { $0.id("session_id") }
}

extension Reply {
    /// What was taken and is owed, with a warning of what that means (RFC 9111 leaves the code 199 to whoever warns).
    func owed(_ warning: String) -> Response { response.warning("199 dogear \"\(warning)\"") }

    /// What was read while the database is away.
    var fromRedis: Response { response.warning("110 dogear \"The database is away; this may be a few seconds old.\"") }
}

extension Response {
    fileprivate func warning(_ text: String) -> Response {
        var response = self
        if let name = HTTPField.Name("Warning") { response.headers[name] = text }
        return response
    }
}
