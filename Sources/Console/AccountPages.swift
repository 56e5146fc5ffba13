/// The pages of signing in and of one's own account.
enum AccountPages {
    /// Each page's path, which is its template's name too, and its title.
    static let titles = [
        ("register", "Make an account"), ("verify", "Enter your code"), ("login", "Sign in"),
        ("forgot", "A new password"), ("reset", "Set a new password"), ("account", "Your account"),
    ]

    static let names = Set(titles.map(\.0))
}
