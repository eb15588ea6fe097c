internal import JudgeKit

/// A judge whose work is done by children.
protocol ChildJudge: Judge {
  /// Its children, if it has any.
  var children: ChildPool? { get }
}

extension ProcessJudge: ChildJudge {}
extension LibraryJudge: ChildJudge {}
