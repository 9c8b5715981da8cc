/** The look of a report: no font, image or script from anywhere. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #ffffff; --panel: #f6f8fa;
  --good: #1a7f37; --bad: #b42318; --look: #8a5a00; --idle: #6e7781; --bar: #2f6fb7; --mark: #b42318;
  --claim: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --soft: #9aa4af; --line: #333b44; --paper: #0f1419; --panel: #171d24;
    --good: #4ac26b; --bad: #ff7b72; --look: #e3b341; --idle: #8b949e; --bar: #6aa9f0; --mark: #ff7b72;
    --claim: #e3b341;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: break-word;
}
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 0.25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.25rem 0 0.5rem; }
p { margin: 0.4rem 0; }
.sub, .soft { color: var(--soft); }
.sub { margin: 0; }
code, .mono { overflow-wrap: anywhere; font: 0.85em/1.45 ui-monospace, "SFMono-Regular", Consolas, monospace; }
.verdict { margin: 1.5rem 0; padding: 1rem 1.25rem; border: 1px solid var(--line); border-left: 0.5rem solid var(--bad); background: var(--panel); }
.verdict.valid { border-left-color: var(--good); }
.verdict strong { display: block; font-size: 1.4rem; letter-spacing: 0.02em; color: var(--bad); }
.verdict.valid strong { color: var(--good); }
.counts { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin-top: 0.75rem; color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.93rem; }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 0.75rem 0.45rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td { overflow-wrap: anywhere; min-width: 6.5rem; }
td.number { min-width: 2rem; }
td div + div { margin-top: 0.5rem; }
td p { margin: 0 0 0.35rem; }
td p:last-child { margin-bottom: 0; }
.tag { display: inline-block; padding: 0 0.45rem; border: 1px solid currentColor; border-radius: 0.6rem; font-size: 0.8rem; line-height: 1.45; white-space: nowrap; }
.passed { color: var(--good); } .exception { color: var(--bad); } .remark { color: var(--look); } .omitted { color: var(--idle); }
.recomputed, .proven, .here { color: var(--good); } .claimed, .word { color: var(--claim); } .withheld, .none { color: var(--idle); }
.hand { color: var(--soft); }
.plot { width: 100%; height: auto; display: block; margin: 0.5rem 0; }
.plot text { fill: var(--ink); font: 13px system-ui, sans-serif; }
.plot .soft { fill: var(--soft); }
.plot .track { fill: var(--panel); stroke: var(--line); }
.plot .bar { fill: var(--bar); } .plot .least { fill: none; stroke: var(--bar); stroke-dasharray: 4 3; }
.plot .short { fill: var(--bad); }
.plot .mark { stroke: var(--mark); stroke-width: 2; } .plot .axis { stroke: var(--line); }
ul { padding-left: 1.25rem; margin: 0.5rem 0; }
li { margin: 0.2rem 0; }
@media print {
  :root {
    color-scheme: light;
    --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --panel: #fff;
    --good: #1a7f37; --bad: #b42318; --look: #8a5a00; --idle: #555; --bar: #2f6fb7; --mark: #b42318; --claim: #8a5a00;
  }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  h2 { break-after: avoid; } tr, .plot, .verdict { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; }
  @page { margin: 18mm 16mm; }
}
`
