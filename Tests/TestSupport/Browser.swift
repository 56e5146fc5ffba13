import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1

/// A real Chromium, driven through chromedriver by the WebDriver protocol (W3C).
package final class Browser: Sendable {
    private let driver: TalkingProcess
    private let address: String
    private let session: String

    /// Starts a browser with a profile of its own, or with one that an earlier browser left.
    /// - Parameters:
    ///   - folder: Where the driver runs.
    ///   - profile: The folder of the profile.
    ///   - width: The window's width in CSS pixels.
    package init(in folder: String, profile: String, width: Int = 1_280) async throws {
        let port = try freePort()
        driver = try TalkingProcess("chromedriver", ["--port=\(port)"], in: folder, saying: "started successfully")
        address = "http://127.0.0.1:\(port)"
        let arguments = [
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--user-data-dir=\(profile)",
            "--window-size=\(width),900", "--no-first-run", "--disable-background-networking", "--mute-audio",
        ].map { "\"\($0)\"" }.joined(separator: ",")
        let binary =
            FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium") ? #""binary":"/usr/bin/chromium","# : ""
        let reply = try await Self.call(
            "POST", address + "/session",
            #"{"capabilities":{"alwaysMatch":{"goog:chromeOptions":{\#(binary)"args":[\#(arguments)]}}}}"#)
        guard let id = reply["value"]["sessionId"].string else {
            throw CommandFailure(description: "no browser: \(reply.text)")
        }
        session = "\(address)/session/\(id)"
    }

    /// Has pages look as they do for somebody who likes it dark, or light.
    package func setDark(_ isDark: Bool) async throws {
        let value = isDark ? "dark" : "light"
        _ = try await Self.call(
            "POST", session + "/goog/cdp/execute",
            #"{"cmd":"Emulation.setEmulatedMedia","params":{"features":[{"name":"prefers-color-scheme","value":"\#(value)"}]}}"#
        )
    }

    /// Gives the window another width, in CSS pixels.
    package func setWidth(_ width: Int) async throws {
        _ = try await Self.call(
            "POST", session + "/goog/cdp/execute",
            #"{"cmd":"Emulation.setDeviceMetricsOverride","params":{"width":\#(width),"height":900,"deviceScaleFactor":1,"mobile":false}}"#
        )
    }

    /// Goes to an address.
    package func go(_ url: String) async throws {
        _ = try await Self.call("POST", session + "/url", #"{"url":"\#(url)"}"#)
    }

    /// Runs JavaScript in the page; what it returned, or what its promise came to.
    package func run(_ script: String) async throws -> Node {
        let wrapped =
            "const done = arguments[arguments.length - 1]; (async () => { \(script) })().then(done, (e) => done('error: ' + e))"
        let body = try JSONSerialization.data(withJSONObject: ["script": wrapped, "args": []] as [String: Any])
        let reply = try await Self.call("POST", session + "/execute/async", String(decoding: body, as: UTF8.self))
        guard reply.status == 200 else { throw CommandFailure(description: reply.text) }
        return reply["value"]
    }

    /// Runs JavaScript, and runs it once more in the page that has taken the place of the one where it began: that takes its answer along.
    private func runAgain(_ script: String) async throws -> Node {
        do {
            return try await run(script)
        } catch let failure as CommandFailure
            where failure.description.contains("script timeout") || failure.description.contains("unloaded")
        {
            return try await run(script)
        }
    }

    /// Waits until a JavaScript expression is true; the driver gives up after 20 seconds.
    package func wait(until expression: String) async throws {
        let outcome = try await runAgain(
            """
            const started = Date.now();
            while (Date.now() - started < 20000) {
                try { if (await (\(expression))) return true; } catch {}
                await new Promise((next) => setTimeout(next, 50));
            }
            return document.documentElement.dataset.dogear + ': ' + document.body.innerText.slice(0, 2000);
            """)
        guard outcome.bool == true else {
            throw CommandFailure(description: "never became true: \(expression)\n\(outcome.string ?? "")")
        }
    }

    /// Clicks what a selector finds, as a person would.
    package func click(_ selector: String) async throws {
        try await wait(
            until: "document.querySelector(`\(selector)`) && !document.querySelector(`\(selector)`).closest('[hidden]')"
        )
        _ = try await run("document.querySelector(`\(selector)`).click(); return true;")
    }

    /// Types keys into what has the focus.
    package func press(_ keys: String) async throws {
        let actions = keys.map { #"{"type":"keyDown","value":"\#($0)"},{"type":"keyUp","value":"\#($0)"}"# }
        _ = try await Self.call(
            "POST", session + "/actions",
            #"{"actions":[{"type":"key","id":"keyboard","actions":[\#(actions.joined(separator: ","))]}]}"#)
    }

    /// Cuts the page off from the network, or joins it again.
    package func setOffline(_ isOffline: Bool) async throws {
        let method = isOffline ? "POST" : "DELETE"
        let body = #"{"network_conditions":{"offline":true,"latency":0,"throughput":0}}"#
        _ = try await Self.call(method, session + "/chromium/network_conditions", isOffline ? body : nil)
    }

    /// Shows pages as for somebody who prefers `light` or `dark` colours.
    package func prefer(_ scheme: String) async throws {
        let feature = #"{"name":"prefers-color-scheme","value":"\#(scheme)"}"#
        let body = #"{"cmd":"Emulation.setEmulatedMedia","params":{"features":[\#(feature)]}}"#
        _ = try await Self.call("POST", session + "/goog/cdp/execute", body)
    }

    /// Opens another tab and goes there; its handle.
    package func openTab(_ url: String) async throws -> String {
        let handle =
            try await Self.call("POST", session + "/window/new", #"{"type":"tab"}"#)["value"]["handle"].string ?? ""
        try await turn(to: handle)
        try await go(url)
        return handle
    }

    /// The handle of the tab that is looked at.
    package func tab() async throws -> String {
        try await Self.call("GET", session + "/window", nil)["value"].string ?? ""
    }

    /// Looks at another tab.
    package func turn(to handle: String) async throws {
        _ = try await Self.call("POST", session + "/window", #"{"handle":"\#(handle)"}"#)
    }

    /// Closes the browser for good.
    package func close() async {
        _ = try? await Self.call("DELETE", session, nil)
        driver.signal(SIGTERM)
        driver.wait()
    }

    private static func call(_ method: String, _ url: String, _ body: String?) async throws -> TestReply {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let buffer = try await response.body.collect(upTo: 32 << 20)
        return TestReply(status: Int(response.status.code), headers: [:], text: String(buffer: buffer))
    }
}
