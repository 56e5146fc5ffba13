import Postgres
import SQL
import Testing

/// Passwords are shown to nobody.
@Suite struct RedactionTests {
    @Test(arguments: [
        "postgres://ada:hunter2@db/dogear", "postgresql://ada:hunter2@db:5432/dogear?sslmode=require",
        "refused 'postgres://ada:hunter2@db/dogear' just now", "POSTGRES://ada:hunter2@db",
        "postgres://ada:hun@hunter2@db/dogear", "postgres://ada:x/hunter2@db/dogear",
        "postgres://db/dogear?user=ada&password=hunter2", "redis://:hunter2@cache",
        "Unexpected argument 'postgres://ada:hunter2'", "postgres://ada:hunter2/dogear",
    ])
    func `an address in a text loses its user and password`(text: String) {
        let shown = Redaction.hidingAddresses(in: text)
        #expect(!shown.contains("hunter2"), "\(shown)")
        #expect(shown.contains("://"))
    }

    @Test func `a text without an address stays as it is`() {
        let text = "could not connect to server: see https://www.postgresql.org/docs/?a=b or a@b.example"
        #expect(Redaction.hidingAddresses(in: text) == text)
        #expect(Redaction.hiding(["", "hunter2"], in: "role hunter2 is not there") == "role *** is not there")
    }

    @Test(arguments: [
        ("postgres://ada:hunter2@db/dogear", true), ("postgres:///dogear?host=/run/postgresql", true),
        ("postgres://db", true), ("host=db password=hunter2", true),
        ("postgres://ada:hun/ter2@db/dogear", false), ("postgres://ada:hun@ter2@db/dogear", false),
        ("postgres://ada:hun%ter2@db/dogear", false), ("postgres://ada:x@db:port:2/dogear", false),
        ("postgres://ada:x@[db/dogear", false), ("postgres://db/dogear?nonsense=1", false),
        ("postgres://ada:hunter2", false), ("postgres://one:5432,two:5433/dogear", true),
    ])
    func `an address that would be read otherwise than it was meant is told apart`(address: String, isReadable: Bool) {
        #expect(ConnectionAddress(address).isReadable == isReadable)
    }
}
