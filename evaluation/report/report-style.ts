// How the page looks: one column on a phone, two of figures on a desk, everything open on paper. Figures are on white in dark mode too.

export const reportStyle = `
:root { color-scheme: light dark; --ink: #1b1b1b; --soft: #55595f; --page: #f4f5f7; --card: #ffffff; --edge: #d5d9de; --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9eaec; --soft: #a9b0b8; --page: #15171a; --card: #1f2226; --edge: #3a4048; --link: #8ab8ef; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 Arial, "Liberation Sans", Helvetica, sans-serif; overflow-wrap: anywhere; }
main { max-width: 1080px; margin: 0 auto; padding: 16px 14px 48px; }
a { color: var(--link); }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 12px 0 8px; }
h2 { font-size: 1.3rem; margin: 40px 0 12px; }
h3 { font-size: 1.05rem; line-height: 1.3; margin: 0 0 6px; }
p { margin: 6px 0; }
.soft { color: var(--soft); font-size: .9rem; }
nav { display: flex; flex-wrap: wrap; gap: 6px 16px; margin: 14px 0; font-size: .95rem; }
.card { background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: 14px; margin: 0 0 14px; }
.counts { display: grid; grid-template-columns: repeat(3, 1fr); gap: 10px; margin: 14px 0; }
.counts div { background: var(--card); border: 1px solid var(--edge); border-top: 5px solid; border-radius: 8px; padding: 8px 10px; }
.counts b { display: block; font-size: 1.7rem; line-height: 1.2; }
.holds { border-color: #1a7f37 !important; } .fails { border-color: #b42318 !important; } .open { border-color: #68707a !important; }
.verdict { display: inline-block; padding: 1px 9px; border-radius: 10px; color: #fff; font-weight: bold; font-size: .86rem; white-space: nowrap; }
.verdict.holds { background: #1a7f37; } .verdict.fails { background: #b42318; } .verdict.open { background: #5b636d; }
.origin { display: inline-block; padding: 0 7px; border: 1px solid currentColor; border-radius: 4px; font-size: .8rem; font-style: italic; color: var(--soft); white-space: nowrap; }
.line { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; margin-bottom: 6px; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 12px; margin: 10px 0; align-items: start; }
.panel { background: #fff; border: 1px solid #e3e5e8; border-radius: 6px; padding: 2px; max-width: 620px; }
.panel svg { display: block; width: 100%; height: auto; }
figure { margin: 0; } figcaption { font-size: .92rem; }
.scroll { overflow-x: auto; margin: 8px 0; }
table { border-collapse: collapse; font-size: .86rem; width: 100%; }
caption { text-align: left; font-weight: bold; padding: 4px 0; }
th, td { text-align: left; vertical-align: top; padding: 4px 10px 4px 0; border-bottom: 1px solid var(--edge); overflow-wrap: normal; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } td.long { min-width: 15em; overflow-wrap: anywhere; }
th.number { text-align: right; }
dl { display: grid; grid-template-columns: minmax(7em, max-content) 1fr; gap: 4px 14px; margin: 0; } dt { color: var(--soft); } dd { margin: 0; }
summary { cursor: pointer; padding: 6px 0; color: var(--link); }
pre { white-space: pre-wrap; font: 13px/1.4 "DejaVu Sans Mono", Menlo, Consolas, monospace; background: var(--page); padding: 10px; border-radius: 6px; margin: 6px 0; }
@media (max-width: 480px) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 8px; } .card { padding: 11px; } td.long { min-width: 9em; } .counts b { font-size: 1.35rem; } .counts div { font-size: .85rem; padding: 6px 8px; } }
@page { margin: 14mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --page: #fff; --card: #fff; --edge: #bbb; --link: #000; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; } nav { display: none; }
  .verdict { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .panel, .counts, .claim > .line, tr { break-inside: avoid; } h2, h3, summary, caption { break-after: avoid; }
  .panels { grid-template-columns: 1fr 1fr; } .panel:only-child { max-width: 62%; } .panels:has(.panel:only-child) { grid-template-columns: 1fr; }
  .scroll { overflow: visible; } table { font-size: 7.5pt; } th, td { padding-right: 6px; } td.number { white-space: normal; } td.long { min-width: 0; }
  details::details-content { content-visibility: visible; display: block; height: auto; } summary { list-style: none; color: var(--ink); }
}
`
