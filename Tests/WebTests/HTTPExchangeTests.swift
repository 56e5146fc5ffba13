import Core
import NIOHTTP1
import Testing
@testable import Web

/// The turns that one connection takes.
@Suite struct HTTPExchangeTests {
    private func ask(
        _ exchange: inout HTTPExchange, _ headers: [(String, String)] = [], version: HTTPVersion = .http1_1
    ) -> HTTPExchange.Action {
        var head = HTTPRequestHead(
            version: version, method: .POST, uri: "/", headers: HTTPHeaders([("Host", "localhost")] + headers))
        return exchange.begin(&head)
    }

    private func refuse(_ exchange: inout HTTPExchange, _ problem: Problem) -> HTTPExchange.Action {
        exchange.refuse(problem)
    }

    private func answer(_ exchange: inout HTTPExchange) -> (head: HTTPResponseHead, then: HTTPExchange.Action) {
        var head = HTTPResponseHead(version: .http1_1, status: .ok)
        exchange.answer(&head)
        return (head, exchange.answered())
    }

    @Test(arguments: [(65_536, false), (65_537, true)])
    func `the rest of an unwanted body is read where it is small`(length: Int, closes: Bool) {
        var exchange = HTTPExchange()
        #expect(ask(&exchange, [("Content-Length", String(length + 10))]) == .forward)
        let isWanted = exchange.receive(10)
        #expect(isWanted)
        let (head, then) = answer(&exchange)
        #expect(head.headers.contains(name: "Connection") == closes)
        #expect(then == (closes ? .linger : .forward) && exchange.isOver == closes)
    }

    @Test func `the rest of a body without a length is not read`() {
        var exchange = HTTPExchange()
        #expect(ask(&exchange, [("Transfer-Encoding", "chunked")]) == .forward)
        #expect(answer(&exchange).then == .linger)
        let isWanted = exchange.receive(1) || exchange.received()
        #expect(!isWanted)
    }

    @Test(arguments: [
        (["chunked"], true), (["Chunked"], true), (["gzip, chunked"], false), (["chunked, chunked"], false),
        (["gzip", "chunked"], false), (["identity"], false), ([""], false),
    ]) func `a body comes in chunks or as it is, and in no other coding`(codings: [String], isTaken: Bool) {
        var exchange = HTTPExchange()
        let action = ask(&exchange, codings.map { ("Transfer-Encoding", $0) })
        #expect(action == (isTaken ? .forward : .refuse(.unknownCoding)))
        #expect(exchange.isOver == !isTaken)
    }

    @Test func `leave to send is given once, and not after the body or the answer has begun`() {
        var exchange = HTTPExchange()
        let wish = [("Expect", "100-continue"), ("Content-Length", "5")]
        _ = ask(&exchange, wish)
        let leaves = [exchange.giveLeave(), exchange.giveLeave()]
        #expect(leaves == [true, false])
        let isWanted = exchange.receive(5) && exchange.received()
        #expect(isWanted)
        #expect(answer(&exchange).then == .forward)
        _ = ask(&exchange, wish)
        _ = exchange.receive(5)
        let late = exchange.giveLeave()
        #expect(!late)
        _ = exchange.received()
        _ = answer(&exchange)
        _ = ask(&exchange, wish)
        #expect(answer(&exchange).then == .linger)
        let over = exchange.giveLeave()
        #expect(!over)
    }

    @Test func `of requests that came together only the one that asks for it closes`() {
        var exchange = HTTPExchange()
        _ = ask(&exchange)
        _ = exchange.received()
        _ = ask(&exchange, [("Connection", "CLOSE")])
        _ = exchange.received()
        #expect(answer(&exchange).then == .forward)
        #expect(answer(&exchange).then == .close)
    }

    @Test func `what cannot be read is refused when the answers before it are complete`() {
        let problem = Problem.malformed("x")
        var exchange = HTTPExchange()
        #expect(refuse(&exchange, problem) == .refuse(problem))
        exchange = HTTPExchange()
        _ = ask(&exchange)
        _ = exchange.received()
        #expect(refuse(&exchange, problem) == .forward)
        #expect(answer(&exchange).then == .refuse(problem))
        exchange = HTTPExchange()
        _ = ask(&exchange, [("Content-Length", "5")])
        #expect(refuse(&exchange, problem) == .refuse(problem))
        exchange = HTTPExchange()
        _ = ask(&exchange, [("Content-Length", "5")])
        var head = HTTPResponseHead(version: .http1_1, status: .ok)
        exchange.answer(&head)
        #expect(refuse(&exchange, problem) == .close)
    }

    @Test func `an old client is answered in its version, and then the connection is closed`() {
        var exchange = HTTPExchange()
        _ = ask(&exchange, version: .http1_0)
        _ = exchange.received()
        let (head, then) = answer(&exchange)
        #expect(head.version == .http1_0 && then == .close)
    }
}
