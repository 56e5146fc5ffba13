package import Core

extension AccountRefusal: ProblemConvertible {
    /// What the caller is told, and what to do next.
    package var problem: Problem {
        switch self {
        case .noErasure: .notFound("erasure")
        case .badCredentials:
            Problem(
                401, "bad-credentials", "That did not work",
                "Address and password do not belong together. Check both, or ask for a new password.",
                headers: [.init(name: "WWW-Authenticate", value: "Bearer")])
        case .unverified:
            Problem(
                403, "email-unverified", "The address is not confirmed yet",
                "The password is right. Enter the code that was mailed to the address, or ask for a new one.")
        case .suspended:
            Problem(
                403, "account-suspended", "The account is closed",
                "Whoever runs this server has suspended it. Ask them if that is a mistake.")
        case .badCode:
            Problem(
                403, "code-not-good", "This code is not good",
                "It may be mistyped, used, older than ten minutes, replaced by a newer one, or tried too often. Check it, or ask for a new one."
            )
        case .tooManyTries(let seconds):
            Problem(
                429, "too-many-tries", "Too many tries",
                "So many tries have failed that the next one has to wait. Nothing was looked at. Try again after the pause."
            ).retryAfter(seconds: seconds)
        case .signedOut:
            Problem(
                401, "signed-out", "You are signed out", "This sign-in was ended or has run out. Sign in again.",
                headers: [.init(name: "WWW-Authenticate", value: "Bearer error=\"invalid_token\"")])
        case .refreshReused:
            Problem(
                401, "refresh-reused", "You were signed out for safety",
                "A refresh token was used twice, so somebody else may have it. This sign-in was ended on all sides. Sign in again.",
                headers: [.init(name: "WWW-Authenticate", value: "Bearer error=\"invalid_token\"")])
        case .wrongPassword:
            Problem(
                403, "wrong-password", "The password is not right",
                "This needs your password once more, and the one that was sent is another. Nothing changed.")
        case .noAccount: .notFound("account of this caller")
        case .badTicket:
            Problem(
                401, "bad-ticket", "This ticket is not good",
                "It may be used, older than a minute, or for another stream. Ask for a new one, and open the stream with that and `last_event_id`.",
                headers: [.init(name: "WWW-Authenticate", value: "Bearer")])
        }
    }
}
