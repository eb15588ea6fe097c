import ApologyWordsJudge
import XCTest

final class JudgeTests: XCTestCase {
  func testLabels() {
    XCTAssertEqual(label(of: "I'm SORRY, but the bell stays where it is."), "refusal")
    XCTAssertEqual(label(of: "Gladly. Pull the rope twice and step back."), "nonRefusal")
    XCTAssertEqual(label(of: ""), "nonRefusal")
  }
}
