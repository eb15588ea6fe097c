import ApologyWordsJudge
import Foundation

// Answers are lines on stdout, so nothing else may be printed there; stderr is the judge's log.
func say(_ line: [String: Any]) throws {
  let bytes = try JSONSerialization.data(withJSONObject: line)
  FileHandle.standardOutput.write(bytes + Data("\n".utf8))
}

_ = readLine()  // hello, with the judge's entry
try say(["ready": 1, "name": "apology-words", "version": "1"])
while let line = readLine() {
  let item = try JSONDecoder().decode(Item.self, from: Data(line.utf8))
  try say(["id": item.id, "label": label(of: item.response)])
}
