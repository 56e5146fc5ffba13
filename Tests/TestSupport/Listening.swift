import Foundation

/// A socket of 127.0.0.1 that takes connections, and its port.
/// - Throws: `CommandFailure` where no port can be had.
package func listenOnLoopback() throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            bind(descriptor, pointer, size) == 0 && listen(descriptor, 64) == 0
                ? getsockname(descriptor, pointer, &size) : -1
        }
    }
    guard code == 0 else { throw CommandFailure(description: "no port to listen on") }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}
