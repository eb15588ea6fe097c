/// The style rules of the page: fixed text and the palettes, so nothing foreign gets in.
struct Stylesheet: Sendable {
  /// The rules. They hold neither `<` nor `&`, which XML would read.
  let text: String

  /// Rules for both themes, narrow screens and paper.
  static let page = Stylesheet(
    text: """
      :root{color-scheme:light dark;\(variables(.light))}
      @media screen and (prefers-color-scheme:dark){:root{\(variables(.dark))}}
      \(steps)\(base)\(tables)\(figures)\(disputes)\(media)
      """
  )

  private static func variables(_ palette: Palette) -> String {
    var all: [(String, Color)] = [
      ("bg", palette.background), ("panel", palette.panel), ("ink", palette.ink), ("muted", palette.muted),
      ("rule", palette.rule), ("accent", palette.accent), ("caution-bg", palette.cautionBackground),
      ("caution-ink", palette.cautionInk), ("alarm-bg", palette.alarmBackground), ("alarm-ink", palette.alarmInk),
      ("mark-bg", palette.markBackground), ("mark-ink", palette.markInk),
      ("neg", palette.negative), ("neg-ink", palette.ink(on: palette.negative)),
    ]
    for (index, color) in palette.series.enumerated() { all.append(("s\(index)", color)) }
    for index in 0..<Palette.steps {
      let color = palette.step(index)
      all.append(("h\(index)", color))
      all.append(("t\(index)", palette.ink(on: color)))
    }
    return all.map { "--\($0):\($1.css)" }.joined(separator: ";")
  }

  private static let steps =
    (0..<Palette.steps).map { ".h\($0) rect{fill:var(--h\($0))}.h\($0) text{fill:var(--t\($0))}\n" }.joined()
    + Palette.light.series.indices.map { ".s\($0){color:var(--s\($0))}\n" }.joined()

  private static let base = """
    *{box-sizing:border-box}
    body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,\
    "Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
    main,header,footer{max-width:1180px;margin:0 auto;padding:0 20px}
    header{padding-top:36px}
    h1{font-size:1.9rem;line-height:1.2;margin:0 0 8px;letter-spacing:-.01em;overflow-wrap:anywhere}
    h2{font-size:1.3rem;line-height:1.3;margin:0 0 6px}
    h3{font-size:1rem;margin:22px 0 6px}
    section{padding:26px 0;border-top:1px solid var(--rule);scroll-margin-top:8px}
    p{margin:0 0 12px;max-width:76ch}
    .lead{font-size:1.06rem}
    .note,figcaption,.meta{color:var(--muted);font-size:.9rem}
    .meta{margin-bottom:16px}
    a{color:var(--accent)}
    nav{margin:16px 0 26px;font-size:.92rem}
    nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;margin:0;padding:0}
    .caution{background:var(--caution-bg);color:var(--caution-ink);border-left:5px solid currentColor;\
    padding:12px 16px;margin:16px 0;border-radius:4px}
    .alarm{background:var(--alarm-bg);color:var(--alarm-ink);padding:12px 16px;margin:16px 0;border-radius:4px;\
    -webkit-print-color-adjust:exact;print-color-adjust:exact}
    .caution p,.alarm p{margin:0}
    .findings{padding-left:18px;margin:10px 0 0;max-width:88ch}
    .findings li{margin:0 0 9px}
    .findings .first{list-style:none;margin-left:-18px;font-size:1.2rem;line-height:1.4;font-weight:600}
    code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em}
    pre{background:var(--panel);padding:12px;border-radius:6px;overflow:auto;white-space:pre-wrap;\
    overflow-wrap:anywhere;max-height:480px}
    summary{cursor:pointer;color:var(--accent);padding:6px 0}
    summary:focus-visible,a:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    .skip{position:absolute;left:-9999px}
    .skip:focus{left:8px;top:8px;background:var(--bg);padding:6px 10px}

    """

  private static let tables = """
    .scroll{overflow-x:auto;margin:10px 0;max-width:100%}
    table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}
    caption{text-align:left;color:var(--muted);padding:0 0 6px}
    caption span{display:block;position:sticky;left:0;max-width:min(84ch,calc(100vw - 40px))}
    th,td{padding:5px 12px 5px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
    thead th{border-bottom:2px solid var(--rule);white-space:nowrap;vertical-align:bottom}
    tbody th{font-weight:500;min-width:8em}
    th.group{padding-top:14px;font-weight:650}
    td.n,th.n{text-align:right;white-space:nowrap}
    td.w{white-space:nowrap}
    .small{color:var(--muted);font-size:.92em;white-space:nowrap}
    .yes{font-weight:650}
    .undefined,.absent{color:var(--muted);font-style:italic}
    dl{display:grid;grid-template-columns:minmax(8em,max-content) 1fr;gap:3px 18px;margin:6px 0 14px;font-size:.9rem}
    dt{color:var(--muted)}
    dd{margin:0;overflow-wrap:anywhere}

    """

  private static let figures = """
    figure{margin:14px 0}
    .side{display:flex;flex-wrap:wrap;gap:8px 44px;align-items:flex-start}
    .side.close{gap:8px 16px}
    .side figure{max-width:100%}
    .side figcaption{font-weight:650;color:var(--ink);font-size:1rem;margin-bottom:2px}
    svg{display:block;max-width:100%;height:auto}
    svg text{font-size:12px;fill:var(--ink);font-variant-numeric:tabular-nums}
    svg .group{font-weight:650}
    svg .soft{fill:var(--muted)}
    .cell text{text-anchor:middle}
    .none rect{fill:var(--panel)}
    .none text{fill:var(--muted)}
    .neg rect{fill:var(--neg)}
    .neg text{fill:var(--neg-ink)}
    .grid{stroke:var(--rule);stroke-width:1}
    .series{fill:currentColor;stroke:currentColor}
    .series .slope{fill:none;stroke-width:2}
    .series .whisker{stroke-width:1.2;opacity:.65}
    .series .mark{stroke:var(--bg);stroke-width:1}
    .series .ring{fill:var(--bg);stroke-width:2}
    .ref{color:var(--ink)}
    .ref .slope{stroke-dasharray:5 4}
    .panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(250px,1fr));gap:18px 22px;align-items:end}
    .panels figure{margin:0;max-width:330px}
    .panels figcaption{color:var(--ink);font-weight:600;font-size:.9rem;overflow-wrap:anywhere}
    .legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 20px;padding:0;margin:8px 0 14px;font-size:.9rem}
    .legend li{display:flex;align-items:center;gap:7px}
    .scale{display:flex;align-items:center;gap:8px;font-size:.85rem;color:var(--muted);flex-wrap:wrap}

    """

  private static let disputes = """
    .dispute{border:1px solid var(--rule);border-radius:8px;padding:2px 16px;margin:8px 0}
    .dispute summary{color:var(--ink)}
    .dispute h4{font-size:.82rem;margin:10px 0 3px;color:var(--muted);font-weight:600}
    .said{background:var(--panel);border-radius:6px;padding:9px 13px;margin:0 0 8px;white-space:pre-wrap;\
    overflow-wrap:anywhere;unicode-bidi:isolate;max-width:none}
    mark{background:var(--mark-bg);color:var(--mark-ink);border-radius:3px;padding:0 2px}
    .tag{display:inline-block;border:1px solid var(--rule);border-radius:10px;padding:0 8px;font-size:.8rem;\
    color:var(--muted);margin-left:6px}
    td.free{min-width:12em;max-width:38em;overflow-wrap:anywhere;white-space:pre-wrap}

    """

  private static let media = """
    @media (max-width:600px){
    body{font-size:15px}
    main,header,footer{padding-left:16px;padding-right:16px}
    header{padding-top:22px}
    h1{font-size:1.5rem}
    .findings .first{font-size:1.08rem}
    dl{grid-template-columns:1fr;gap:0}
    dd{margin-bottom:8px}
    }
    @media print{
    body{font-size:10.5pt}
    nav,.skip{display:none}
    main,header,footer{max-width:none;padding:0}
    section{break-inside:auto}
    figure,tr,.dispute{break-inside:avoid}
    .scroll{overflow:visible}
    pre{max-height:none}
    .side{flex-wrap:nowrap;gap:14px}
    .side figure{flex:1 1 0;min-width:0}
    .side svg{min-width:0!important;width:100%}
    details::details-content{content-visibility:visible;display:block}
    *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
    }

    """
}
