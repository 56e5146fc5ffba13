import Core
import Hummingbird
import NIOCore
import SQL
import Web

/// Whether the process lives, whether it can do its work, and its figures.
struct StatusRoutes: Sendable {
    let database: any Database
    let registry: MetricRegistry

    func add(to router: Router<DogearContext>) {
        router.get("health") { _, _ in Answer.ok(["status": "ok"]) }
        router.get("ready") { _, _ in await ready() }
        router.get("metrics") { _, _ in
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
        var response = Answer(
            status, ["status": status == 200 ? "ready" : "unready", "dependencies": [dependency]]
        ).response
        if status == 503 { response.headers[.retryAfter] = "2" }
        return response
    }
}
