import Core

/// What a server of chat completions answered to one prompt.
struct ChatReply {
    let text: String
    let model: String?
    let promptTokens: Int?
    let completionTokens: Int?

    /// - Throws: `SummaryFailure` for everything that no summary should be made of.
    init(_ reply: OutboundReply, sent: Int) throws(SummaryFailure) {
        if Self.isUsedUp(reply) {
            throw .capExceeded("The summariser's account has no quota left. It goes on once there is some.")
        }
        guard reply.status == 200 else { throw Self.failure(reply) }
        guard let json = JSONNode(reply.body) else {
            throw .failed("The summariser sent what is not JSON. The next attempt may go better.")
        }
        guard let choice = json["choices"].elements?.first else {
            let told = json["error"]["message"].filled.map { ": \(PostText.clean($0, limit: 200))" } ?? "."
            throw .failed("The summariser sent no answer\(told)")
        }
        try Self.check(choice["finish_reason"].text)
        promptTokens = json["usage"]["prompt_tokens"].integer.flatMap { $0 > 0 ? $0 : nil }
        completionTokens = json["usage"]["completion_tokens"].integer
        // A server that cuts what does not fit says nothing of it but this.
        if let promptTokens, promptTokens < sent / 2 {
            throw .failed(
                "The summariser read \(promptTokens) tokens of about \(sent): its context is too small. Whoever runs this server makes it larger, or SUMMARISER_TOKEN_BUDGET smaller."
            )
        }
        guard let content = choice["message"]["content"].filled, content.contains(where: { !$0.isWhitespace }) else {
            throw .failed("The summariser sent an empty answer. The next attempt may go better.")
        }
        text = content
        model = json["model"].filled.map { PostText.clean($0, limit: 100) }
    }

    private static func check(_ reason: String?) throws(SummaryFailure) {
        switch reason {
        case "length":
            throw .failed(
                "The summariser's answer was cut off: it may write too little. The next attempt may go better.")
        case "content_filter": throw .failed("The summariser's filter did not let the posts or the answer through.")
        default: break
        }
    }

    /// Whether there is no money or quota left, which a 429 may mean as well.
    static func isUsedUp(_ reply: OutboundReply) -> Bool {
        guard reply.status != 402 else { return true }
        guard [403, 429].contains(reply.status), let error = JSONNode(reply.body)?["error"] else { return false }
        return [error["code"].text, error["type"].text].contains { told in
            ["insufficient_quota", "billing_hard_limit_reached", "billing_not_active"].contains(told)
        }
    }

    private static func failure(_ reply: OutboundReply) -> SummaryFailure {
        let error = JSONNode(reply.body)?["error"]
        let told = (error?["message"].filled ?? error?.filled).map { ": \(PostText.clean($0, limit: 200))" } ?? "."
        switch reply.status {
        case 401, 403:
            return .failed(
                "The summariser does not let us in (\(reply.status)). Whoever runs this server sets SUMMARISER_KEY.")
        case 404:
            return .failed(
                "The summariser knows no such address or model (404). Whoever runs this server looks at SUMMARISER_URL and SUMMARISER_MODEL."
            )
        case 500...: return .failed("The summariser has trouble (\(reply.status)). The next attempt may go better.")
        default: return .failed("The summariser did not take the request (\(reply.status))\(told)")
        }
    }
}
