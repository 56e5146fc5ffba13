import Foundation
import Testing

@testable import Assessments

/// Files that other programs wrote.
@Suite struct OtherFormatsTests {
    private static func problems(_ text: String, _ format: FileFormat) -> [String] {
        do {
            _ = try DraftReader.draft(text, format, named: "A file")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    private static func csv(_ separator: String) -> String {
        """
        questionnaire,title,page,id,type,text,choices,,
        drinks,Gr\u{F6}\u{DF}e,First,d1,mcq,"What; do, you\tdrink?",tea=T\u{E9} | milk,,
        ,,,d2,essay,Why?,,,
        ,,,,,,,,
        """.split(separator: "\n").map { row in
            var isQuoted = false
            return String(
                row.flatMap { character -> String in
                    if character == "\"" { isQuoted.toggle() }
                    return !isQuoted && character == "," ? separator : String(character)
                })
        }.joined(separator: "\r\n")
    }

    @Test(arguments: [",", ";", "\t"]) func `tables come with comma, semicolon or tab, and with columns that are empty`(
        separator: String
    ) throws {
        for text in [
            Self.csv(separator), "\u{FEFF}" + Self.csv(separator), "sep=\(separator)\r\n" + Self.csv(separator),
        ] {
            let draft = try DraftReader.draft(text, .csv)
            #expect(draft.slug == "drinks" && draft.title == "Größe" && draft.pages.count == 1)
            let questions = draft.pages[0].questions
            #expect(questions.map(\.itemID) == ["d1", "d2"] && questions[0].text == "What; do, you\tdrink?")
            #expect(
                questions[0].kind
                    == .mcq(
                        choices: [.init(value: "tea", label: "Té"), .init(value: "milk", label: "milk")],
                        allowsMultiple: false))
        }
        let stray =
            Self.csv(separator) + "\r\n"
            + ["", "", "", "d3", "essay", "Who?", "", "", "here"].joined(separator: separator)
        #expect(Self.problems(stray, .csv).map { $0.prefix(7) } == ["line 5:"])
    }

    @Test(arguments: [",", ";", "\t"]) func `tables come in UTF-8, UTF-16 and Windows-1252`(separator: String) throws {
        let text = Self.csv(separator)
        let little = Data([0xFF, 0xFE]) + text.utf16.reduce(into: Data()) { $0 += [UInt8($1 & 0xFF), UInt8($1 >> 8)] }
        let big = Data([0xFE, 0xFF]) + text.utf16.reduce(into: Data()) { $0 += [UInt8($1 >> 8), UInt8($1 & 0xFF)] }
        let windows = Data(text.unicodeScalars.map { UInt8($0.value) })
        for data in [
            Data(text.utf8), Data([0xEF, 0xBB, 0xBF]) + Data(text.utf8), little, big, little.dropFirst(2),
            big.dropFirst(2),
            windows,
        ] {
            let draft = try DraftReader.draft(try FileText.text(Data(data), .csv), .csv)
            #expect(draft.title == "Größe" && draft.pages[0].questions.count == 2)
        }
        #expect(try FileText.text(Data([0x80, 0x93, 0x78, 0x94]), .csv) == "€“x”")
        for bad in [Data([0x61, 0x0A, 0x81]), Data([0xFF, 0xFE, 0x61]), Data([0xFF, 0xFE, 0x00, 0xD8])] {
            #expect(throws: FileRefusal.self) { try FileText.text(bad, .csv) }
        }
        #expect(throws: FileRefusal.self) { try FileText.text(windows, .yaml) }
    }

    @Test func `GIFT is read: choices, true and false, words of one's own, categories and escapes`() throws {
        let draft = try DraftReader.draft(
            #"""
            // A comment
            ::Capital:: What is the capital of Portugal? {
              =Lisbon
              ~Porto
              ~Faro
            }

            $CATEGORY: top/Second part
            The sea is salty.{T}

            ::Two\: of them:: [plain] Which are \{rivers\}? {~%50%Tejo ~%50%Douro ~%-100%Etna}

            Tell of it. {}

            The {=quick ~slow} fox.
            """#, .gift, named: "Geography 1")
        #expect(draft.slug == "geography-1" && draft.title == "Geography 1")
        #expect(draft.pages.map(\.title) == ["Geography 1", "Second part"])
        let questions = draft.pages.flatMap(\.questions)
        #expect(
            questions.map(\.itemID) == [
                "geography-1-capital", "geography-1-2", "geography-1-two-of-them", "geography-1-4", "geography-1-5",
            ])
        #expect(questions[0].correct == ["1"] && questions[2].correct == ["1", "2"] && questions[1].correct == ["1"])
        #expect(questions[2].text == "Which are {rivers}?" && questions[4].text == "The _____ fox.")
        if case .mcq(let choices, let allowsMultiple) = questions[2].kind {
            #expect(choices.map(\.label) == ["Tejo", "Douro", "Etna"] && allowsMultiple)
        } else {
            Issue.record("\(questions[2].kind)")
        }
        #expect(questions[3].kind == .essay(characterLimit: 5_000))
    }

    @Test(arguments: [
        ("How many? {#3}", 1), ("Who? {=Ann =Anne}", 1), ("Pair {=a -> b =c -> d}", 1), ("Only a text", 1),
        ("Ok? {=yes#right ~no}", 1), ("[html]<b>x</b> {=a ~b}", 1), ("// c\n\nA{=a ~b}\n\nB {~%70%a ~%30%b ~c}", 5),
        ("None right {~a ~b}", 1),
    ]) func `what GIFT has and we do not is refused by its line`(text: String, line: Int) {
        #expect(Self.problems(text, .gift).first?.hasPrefix("line \(line):") == true)
    }

    @Test func `Aiken is read, and refused by line`() throws {
        let draft = try DraftReader.draft(
            "What is it?\nA. One\nB) Two\nANSWER: B\n\nAnd this?\r\nA. x\r\nB. y\r\nANSWER: A\r\n", .aiken,
            named: "quiz")
        let questions = draft.pages.flatMap(\.questions)
        #expect(questions.map(\.text) == ["What is it?", "And this?"] && questions.map(\.correct) == [["2"], ["1"]])
        #expect(Self.problems("Q?\nA. x\nB. y\nANSWER: C", .aiken).first?.hasPrefix("line 4:") == true)
        #expect(Self.problems("Q?\nwhat\nA. x\nANSWER: A", .aiken).first?.hasPrefix("line 2:") == true)
        #expect(Self.problems("Q?\nA. x\nB. y\n", .aiken).first?.hasPrefix("line 1:") == true)
    }

    private static let form = """
        survey,,,,,,
        ,type,name,label::English (en),label::Deutsch (de),relevant,constraint
        ,start,start,,,,
        ,begin_group,about,About you,\u{DC}ber dich,,
        ,select_one yesno,tea,Tea?,Tee?,,
        ,integer,age,Age?,Alter?,${tea} = 'yes',. >= 18 and . <= 120
        ,end_group,,,,,
        ,select_multiple colours or_other,col,Colours?,Farben?,"selected(${tea}, 'no') or ${age} >= 30",
        ,text,code,Code?,Code?,,"regex(., '[A-Z]{2}')"
        ,range,mood,Mood?,Laune?,,
        ,date,born,Born?,Geboren?,,
        ,rank colours,fav,Rank?,Ordne?,,
        choices,,,,,,
        ,list_name,name,label::English (en),label::Deutsch (de),,
        ,yesno,yes,Yes,Ja,,
        ,yesno,no,No,Nein,,
        ,colours,r,Red,Rot,,
        ,colours,b,Blue,Blau,,
        settings,,,,,,
        ,form_title,form_id,default_language,,,
        ,My form,my_form,English (en),,,
        """

    @Test func `an XLSForm is read as a table`() throws {
        let draft = try DraftReader.draft(Self.form, .csv)
        #expect(draft.slug == "my-form" && draft.title == "My form" && draft.settings.languages == ["en", "de"])
        #expect(
            draft.pages.map(\.title) == ["About you", "My form 2"]
                && draft.pages[0].translations["de"]?["title"] == "Über dich")
        let questions = draft.pages.flatMap(\.questions)
        #expect(questions.map(\.itemID) == ["tea", "age", "col", "code", "mood", "born", "fav"])
        #expect(questions[0].translations["de"]?["choices/yes"] == "Ja")
        #expect(questions[1].kind == .number(.init(minimum: 18, maximum: 120, step: 1)))
        #expect(questions[1].condition == .question("tea", .is("yes")))
        #expect(questions[2].condition == .any([.question("tea", .is("no")), .question("age", .atLeast("30"))]))
        #expect(questions[3].kind == .text(.init(characterLimit: 1_000, pattern: Pattern("[A-Z]{2}"))))
        #expect(questions[6].kind == .ordering(items: ["Red", "Blue"], isRandomized: false))
    }

    @Test(arguments: [
        (",start,start,,,,", ",geopoint,where,Where?,Wo?,,", 3), (",start,start,,,,", ",begin repeat,r,R,R,,", 3),
        (". >= 18 and . <= 120", ". mod 2 = 0", 6), ("${tea} = 'yes'", "${tea} = ${other}", 6),
        ("select_one yesno", "select_one nobody", 5), ("${tea} = 'yes'", "${nobody} = 'yes'", 6),
    ]) func `what an XLSForm has and we do not is refused by its line`(part: String, other: String, line: Int) {
        let found = Self.problems(Self.form.replacing(part, with: other), .csv)
        #expect(found.contains { $0.hasPrefix("line \(line):") }, "\(found)")
    }

    @Test(arguments: [
        ("visible_if: {question: nobody, is: x}", "no such question"),
        ("visible_if: {question: a, is: x}", "none of its choices"),
        ("visible_if: {question: a, at_least: 3}", "cannot say"),
        ("visible_if: {question: b, is: '1'}", "wait for one another"),
        ("visible_if: {question: a}", "must name a question"), ("visible_if: yes", "must be such as"),
        ("visible_if: {question: a, like: x}", "must name a question"), ("step: 0", "must be above 0"),
        ("min: 9\n        max: 1", "must not be below"),
        ("pattern: x", "belongs to questions of the type text"), ("min: low", "must be a number"),
    ]) func `what cannot be decided or kept is refused by its line`(member: String, words: String) {
        let found = Self.problems(
            """
            questionnaire: q
            title: Q
            pages:
              - title: P
                questions:
                  - {id: a, type: mcq, text: A?, choices: [yes, no]}
                  - id: b
                    type: number
                    text: B?
                    \(member.replacing("        ", with: "        "))
            """, .yaml)
        #expect(found.contains { $0.contains(words) && $0.hasPrefix("line ") }, "\(found)")
    }
}
