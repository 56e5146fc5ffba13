import Changes
import Core
import Hummingbird
import NIOCore
import SQL
import Web

/// Whether the process lives, whether it can do its work, and its figures.
struct StatusRoutes: Sendable {
    let dialect: Dialect
    let readiness: Readiness
    let registry: MetricRegistry
    /// Whether Redis does its work; nil where there is none.
    var isRedisUp: (@Sendable () -> Bool)?

    func add(to routes: RouteGroup) {
        routes.get("health", for: .anybody) { _, _ in Reply.ok(["status": "ok"]) }
        routes.get("ready", for: .anybody) { _, _ in await ready() }
        routes.get("metrics", for: .anybody) { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: registry.exposition())))
        }
    }

    /// Redis is named, and not required: everything goes on without it.
    private var redis: [JSON] {
        guard let isUp = isRedisUp?() else { return [] }
        let own: JSON = ["name": "redis", "status": isUp ? "up" : "down", "required": false]
        return [
            isUp
                ? own
                : own.adding(.init("detail", "It is full, read-only, too slow or away; the server's log says which."))
        ]
    }

    private func ready() async -> Response {
        let isReady = await readiness.isReady()
        var dependency: JSON = ["name": .string(dialect.rawValue), "status": "up", "required": true]
        if !isReady {
            dependency = [
                "name": .string(dialect.rawValue), "status": "down", "required": true,
                "detail": "It does not answer; the server's log says why.",
            ]
        }
        var response = Reply(
            isReady ? 200 : 503,
            ["status": isReady ? "ready" : "unready", "dependencies": .array([dependency] + redis)]
        ).response
        if !isReady { response.headers[.retryAfter] = "2" }
        return response
    }
}
