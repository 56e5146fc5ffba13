import Changes
import Core
import Hummingbird
import NIOCore
import SQL
import Web

/// Whether the process lives, whether it can do its work, and its figures.
struct StatusRoutes: Sendable {
    let database: any Database
    let registry: MetricRegistry

    func add(to routes: RouteGroup) {
        routes.get("health", for: .anybody) { _, _ in Reply.ok(["status": "ok"]) }
        routes.get("ready", for: .anybody) { _, _ in await ready() }
        routes.get("metrics", for: .anybody) { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: registry.exposition())))
        }
    }

    private func ready() async -> Response {
        var dependency: JSON = ["name": .string(database.dialect.rawValue), "status": "up", "required": true]
        var status = 200
        do {
            try await database.probe()
        } catch {
            status = 503
            dependency = [
                "name": .string(database.dialect.rawValue), "status": "down", "required": true,
                "detail": "It does not answer; the server's log says why.",
            ]
        }
        var response = Reply(
            status, ["status": status == 200 ? "ready" : "unready", "dependencies": [dependency]]
        ).response
        if status == 503 { response.headers[.retryAfter] = "2" }
        return response
    }
}
