"""The stylesheet of the Gantt page: light and dark on screen, always light and landscape on paper."""

STYLE = """
:root{color-scheme:light dark;--ink:#1b2422;--ink-2:#4d5a57;--ink-3:#6b7875;--line:#dfe5e3;--line-2:#eef1f0;
--paper:#fff;--ground:#f5f7f6;--accent:#0f5b57;--bar:#3f8f89;--bar-line:#2c6f6a;--bad:#b3372f;--bad-line:#8d261f;
--float:#a9bdb9;--idle:#f2f4f3;--was:#9aa7a4;--sum:#37433f;--bad-2:#faeae8}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6ecea;--ink-2:#aab6b3;--ink-3:#8f9c99;--line:#2f3a38;
--line-2:#242e2c;--paper:#181f1e;--ground:#111716;--accent:#5fb8b0;--bar:#3f928b;--bar-line:#67bcb4;--bad:#d9665d;
--bad-line:#f08a82;--float:#5b6b68;--idle:#141a19;--was:#6d7a77;--sum:#c3cecb;--bad-2:#331b19}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:14px/1.5 "PingFang SC","Microsoft YaHei","Noto Sans SC","Noto Sans CJK SC",system-ui,sans-serif}
main{max-width:1800px;margin:0 auto;padding:20px 24px 32px}
header{display:flex;flex-wrap:wrap;gap:6px 40px;align-items:end;margin-bottom:14px}
h1{font-size:22px;line-height:1.3;margin:0;font-weight:600;flex:1 1 320px;overflow-wrap:anywhere}
h1 small{display:block;font-size:12px;font-weight:400;color:var(--ink-3);letter-spacing:.04em}
dl{display:flex;flex-wrap:wrap;gap:8px 32px;margin:0}
dt{font-size:12px;color:var(--ink-3)}
dd{margin:0;font-size:18px;line-height:1.4;font-weight:600;font-variant-numeric:tabular-nums}
figure{margin:0 0 16px;background:var(--paper);border:1px solid var(--line);border-radius:6px;overflow-x:auto}
svg{display:block;width:100%;min-width:1080px;height:auto}
svg text{font-size:12px;fill:var(--ink);dominant-baseline:central}
svg .head{fill:var(--ink-2);font-size:11px} svg .strong{font-weight:600} svg .num{text-anchor:end}
svg .num,svg .tick{font-variant-numeric:tabular-nums} svg .tick{font-size:11px;fill:var(--ink-2)}
svg .mid{text-anchor:middle} svg .dim{fill:var(--ink-3)} svg .hot{fill:var(--bad)}
.rule{stroke:var(--line);stroke-width:1} .soft{stroke:var(--line-2);stroke-width:1} .idle{fill:var(--idle)}
.bar{fill:var(--bar);stroke:var(--bar-line)} .critical{fill:var(--bad);stroke:var(--bad-line)}
.float{stroke:var(--float);stroke-width:3} .float-end{stroke:var(--float);stroke-width:1.5}
.was{fill:none;stroke:var(--was);stroke-dasharray:3 2} .sum{fill:var(--sum)}
.stone{fill:var(--sum);stroke:var(--paper)} .stone.critical{fill:var(--bad);stroke:var(--paper)}
.link{fill:none;stroke:var(--ink-3);stroke-width:.8;opacity:.55} .link.on{stroke:var(--bad);opacity:.8}
.deadline{fill:var(--accent);stroke:var(--paper)}
.today{stroke:var(--accent);stroke-width:1.5;stroke-dasharray:5 3}
footer{display:flex;flex-wrap:wrap;gap:8px 28px;color:var(--ink-2);font-size:12px;align-items:center}
footer span{display:inline-flex;gap:8px;align-items:center} footer svg{width:34px;min-width:0;height:16px}
.risk{display:grid;grid-template-columns:minmax(360px,2fr) minmax(320px,3fr);gap:16px;margin-bottom:16px}
.risk figure{margin:0;padding:12px 16px} .risk svg{min-width:0}
p{margin:6px 0 0;font-size:12px;color:var(--ink-3)} h2{font-size:14px;margin:0 0 6px;font-weight:600}
table{border-collapse:collapse;width:100%;font-size:12px} th{font-weight:400;color:var(--ink-3);text-align:left}
th,td{padding:3px 8px;border-bottom:1px solid var(--line-2)} td.num,th.num{text-align:right}
td.num{font-variant-numeric:tabular-nums}
.curve{fill:none;stroke:var(--accent);stroke-width:2} .column{fill:var(--bar);opacity:.35}
@media (max-width:760px){main{padding:12px}.risk{grid-template-columns:1fr}}
@page{size:A3 landscape;margin:9mm}
@media print{:root{color-scheme:light}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{background:#fff;font-size:11pt}main{max-width:none;padding:0}
figure{border:0;border-radius:0;margin:0;overflow:visible;break-inside:avoid}
.sheet+.sheet{break-before:page}.risk{break-inside:avoid;break-before:page}svg{min-width:0}footer{margin-top:4mm}}
""".strip()
