import Foundation
import TestSupport

/// Runs `dogear` with what it gives and what it says apart, as a file that standard output went to would show it.
func runApart(
    _ arguments: [String], in folder: String, environment: [String: String] = [:]
) throws -> (status: Int32, out: String, said: String) {
    let line = (["\"$0\""] + arguments.map { "'\($0)'" }).joined(separator: " ") + " >out 2>said"
    let child = try ChildProcess(
        "/bin/sh", ["-c", line, DogearProcess.binary], in: folder, environment: environment, output: folder + "/shell")
    let status = child.wait()
    func text(_ name: String) -> String {
        (try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)) ?? ""
    }
    return (status, text("out"), text("said"))
}
