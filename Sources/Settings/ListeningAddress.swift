extension Settings {
    /// What addresses of this server begin with when it listens on a port, as somebody on the same machine writes it:
    /// `http://127.0.0.1:8086`.
    package func origin(port: Int) -> String {
        "\(tls == nil ? "http" : "https")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}

extension Settings {
    /// Whether anybody may see which questionnaires there are, and answer them. Those of a demo are for everybody.
    package var questionnairesArePublic: Bool { assessmentsArePublic || isDemo }
}
