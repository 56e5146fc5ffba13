import NIOSSL
import Settings

extension TLSFiles {
    /// What TLS is spoken by: version 1.2 or newer, with this certificate.
    /// - Throws: `Settings.Refusal` that names the file which cannot be used.
    func load() throws -> TLSConfiguration {
        let chain = try read("TLS_CERT", certificate, "certificates") {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate)
            return chain.isEmpty ? nil : chain
        }
        let own = try read("TLS_KEY", key, "a private key") { try NIOSSLPrivateKey(file: key, format: .pem) }
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(own))
        do {
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Settings.Refusal(
                description:
                    "The key in \(key) (TLS_KEY) is not that of the first certificate in \(certificate) (TLS_CERT).")
        }
        return configuration
    }

    private func read<Value>(
        _ setting: String, _ path: String, _ what: String, _ read: () throws -> Value?
    ) throws -> Value {
        guard let value = try? read() else {
            throw Settings.Refusal(
                description:
                    "\(setting) names \(path), which cannot be read as \(what) in PEM: see that the file is there, and whole."
            )
        }
        return value
    }
}
