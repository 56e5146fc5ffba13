import Changes
import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

@testable import Assessments

/// A respondent with a session of a small questionnaire: three pages in two modules, one question of each kind and one more.
struct Respondent: Sendable {
    let server: TestServer
    let session: String
    /// Row numbers of the questions, by what the file calls them.
    let questions: [String: Int]
    /// Row numbers of the pages, in order.
    let pages: [Int]

    static let file = """
        questionnaire: small
        title: A small one
        default: true
        pages:
          - title: First
            module: Beginning
            emoji: "🌱"
            chapter: 1
            minutes: 2
            description: How it begins
            questions:
              - {id: scale, type: slider, text: How much?, required: true, min_label: little, max_label: much, scale_labels: [a, b, c, d, e]}
              - {id: one, type: mcq, text: Which one?, choices: [{value: tea, label: Tea}, {value: coffee, label: Coffee}]}
          - title: Second
            module: Beginning
            minutes: 3
            questions:
              - {id: many, type: mcq, text: Which ones?, multiple: true, choices: [red, green, blue]}
              - {id: order, type: ordering, text: In which order?, items: [x, y, z], randomize: true}
          - title: Third
            completion: That was all.
            questions:
              - {id: words, type: essay, text: In your words?, required: true, char_limit: 20, scene: {title: The end, theme: dusk}}
        """

    static func library(_ server: TestServer) -> QuestionnaireLibrary {
        QuestionnaireLibrary(changes: Changes(database: server.database, clock: server.clock.source))
    }

    func answer(_ question: String, _ answer: String, revision: Int? = nil, headers: [String: String] = [:])
        async throws
        -> TestReply
    {
        try await Self.answer(
            server, session, questions[question] ?? 0, answer, revision: revision, headers: headers)
    }

    static func answer(
        _ server: TestServer, _ session: String, _ question: Int, _ answer: String, revision: Int? = nil,
        headers: [String: String] = [:]
    ) async throws -> TestReply {
        let more = revision.map { ",\"revision\":\($0)" } ?? ""
        return try await server.send(
            .post, "/api/v2/answers/submit",
            #"{"session_id":"\#(session)","question_id":\#(question),"answer":\#(answer)\#(more)}"#, headers: headers)
    }

    /// A good answer to each question.
    static let good = [
        "scale": #"{"type":"slider","value":3}"#, "one": #"{"type":"mcq","selected_options":["tea"]}"#,
        "many": #"{"type":"mcq","selected_options":["blue","red"]}"#,
        "order": #"{"type":"ordering","ordered_items":["z","x","y"]}"#,
        "words": #"{"type":"essay","text":"So it is."}"#,
    ]

    func get(_ path: String) async throws -> TestReply {
        try await server.send(.get, "/api/v2/session/\(session)/\(path)")
    }
    func post(_ path: String, _ body: String? = nil, headers: [String: String] = [:]) async throws -> TestReply {
        try await server.send(.post, "/api/v2/session/\(session)/\(path)", body, headers: headers)
    }
    func turn(to page: Int) async throws -> TestReply {
        try await server.send(.put, "/api/v2/session/\(session)/page", #"{"page_id":\#(page)}"#)
    }
    func validate() async throws -> TestReply { try await get("validate") }

    /// A number from the database, such as a count.
    func number(_ query: String) async throws -> Int { try await server.number(query) }
}

extension TestServer {
    func number(_ query: String) async throws -> Int {
        try await database.read { try $0.one(SQLText(query)) { try $0.integer() } }
    }

    func script(_ sql: String) async throws {
        try await database.write { try $0.script(sql) }
    }
}

/// Runs a test with a respondent on an engine.
func responding(
    _ engine: TestEngine, to file: String = Respondent.file, settings: [String: String] = [:],
    _ body: @escaping @Sendable (Respondent) async throws -> Void
) async throws {
    try await TestServer.run(on: engine, settings: settings) { server in
        try await Respondent.library(server).importFile(file, .yaml)
        let started = try await server.send(.post, "/api/v2/session/start")
        #expect(started.status == 200)
        let rows = try await server.database.read { connection in
            (
                questions: try connection.all("SELECT item_id, id FROM questions", []) {
                    (try $0.text(), try $0.integer())
                },
                pages: try connection.all("SELECT id FROM pages ORDER BY order_index", []) { try $0.integer() }
            )
        }
        try await body(
            Respondent(
                server: server, session: started["session_id"].string ?? "",
                questions: Dictionary(rows.questions) { first, _ in first }, pages: rows.pages))
    }
}
