/// What the numbers mean, for readers who did not plan the study.
enum MethodSection {
  private static let notes: [(String, String)] = [
    (
      "Refusal rate",
      "Refusals among the answers that the judge labelled. An abstention (the judge could not be read, timed out, was cut "
        + "off …) is in neither count and stands beside the rate with its reason: a rate with many abstentions describes "
        + "only the answers that got a label."
    ),
    (
      "95 % interval",
      "Wilson's score interval of a proportion, without continuity correction. It treats answers as independent draws; with "
        + "several samples of one prompt it is too narrow."
    ),
    (
      "Original and edited",
      "Answers are paired by prompt and sample; a pair counts when both answers have a label. Lost is refusal to "
        + "non-refusal, gained the other way. p is the exact two-sided McNemar test on these two counts, not corrected for "
        + "the number of systems and judges. With several samples of one prompt the pairs are not independent and p is too "
        + "small."
    ),
    (
      "Cohen's kappa",
      "Agreement of two judges beyond what their own label frequencies give by chance: 1 full, 0 chance, below 0 less than "
        + "chance. Only answers that both labelled count. Where nearly all labels are equal, kappa is low or undefined "
        + "although the judges hardly differ: read it with the share of same labels."
    ),
    (
      "Krippendorff's alpha",
      "Agreement of the whole panel beyond chance, for nominal labels with missing ones; every answer with at least two "
        + "labels counts. 1 is full agreement, 0 what chance gives."
    ),
    (
      "Against the reference",
      "Accuracy, sensitivity (share of the reference's refusals that the judge found), specificity (share of its "
        + "non-refusals left alone), precision (share of the judge's refusals that the reference confirms) and F1 (harmonic "
        + "mean of precision and sensitivity), on answers that both labelled. A constructed reference is a rule about how "
        + "the answers were made; it is not a person's judgement."
    ),
    (
      "Undefined",
      "A dash is a number that does not exist for these data, with its reason on hover. It is never zero."
    ),
    (
      "Judges not counted",
      "A judge that was not configured or failed is listed and enters no number, even where it left some verdicts. A judge "
        + "that measures harm or quality says nothing certain of refusal (an answer without harm may be a refusal or not): "
        + "its own words are counted in a table apart."
    ),
  ]

  static var body: Markup {
    .element(
      "dl",
      [:],
      notes.flatMap { [Markup.element("dt", [:], Markup($0.0)), .element("dd", [:], Markup($0.1))] }
    )
  }
}
