/** The style sheet of the site: the reader's own fonts, light and dark. */
export const STYLE = `:root { color-scheme: light dark; --text: #1d2327; --back: #fff; --soft: #56616b; --line: #d5dbe0; --link: #0b5cad; --mark: #f3f5f7; }
@media (prefers-color-scheme: dark) { :root { --text: #e3e8ec; --back: #14181b; --soft: #a4b0ba; --line: #39424a; --link: #7fb8f5; --mark: #1e2429; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 0 1rem 3rem; font: 1rem/1.55 system-ui, sans-serif; color: var(--text); background: var(--back); overflow-wrap: break-word; }
a { color: var(--link); }
a:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
header nav { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .75rem 0; border-bottom: 1px solid var(--line); }
header nav .name { font-weight: 700; }
header nav .language { margin-left: auto; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 1.2rem 0 .4rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
.soft, .seen { color: var(--soft); }
.seen { font-size: .875rem; }
code { font-family: ui-monospace, monospace; font-size: .9em; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
thead th { font-weight: 600; color: var(--soft); }
tbody th { font-weight: 500; min-width: 7rem; }
tr:target, section:target, li:target { background: var(--mark); }
ul.list { columns: 3 16rem; padding-left: 1.1rem; }
.value { font-weight: 600; }
.severity { font-weight: 600; }
dt { font-weight: 600; margin-top: .6rem; }
dd { margin: 0; }
footer { margin-top: 3rem; padding-top: .75rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .875rem; }
@media print { header nav, .skip { display: none; } .scroll { overflow: visible; } }
`;
