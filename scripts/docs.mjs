// The documentation as a site of plain pages: guides, the description of every data set, the public API, changes.
//   node scripts/docs.mjs [--out build/docs]
// Needs no network and makes pages that need none: they can be opened from disk, or served from anywhere.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Marked } from "marked";
import { packages, readJson, root } from "./lib.mjs";

const { values } = parseArgs({ options: { out: { type: "string", default: join(root, "build/docs") } } });
const out = resolve(values.out);
const { version } = readJson(join(root, "package.json"));

/** Guides in the order in which one would read them; what is not named here comes after them. */
const GUIDES =
  `humandata pyskl skelshop datagen bodycompress convert conventions tensors pictures cli json-output writing-a-schema
architecture decisions benchmarks`.split(/\s+/);

const escaped = (text) =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

/** Sections of the menu, each a list of Markdown files by their path in the repository. */
function sections() {
  const inside = (folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((name) => `${folder}/${String(name).replaceAll("\\", "/")}`)
      .filter((name) => name.endsWith(".md"))
      .sort();
  const guides = inside("docs").filter((path) => !/^docs\/(api|formats)\//.test(path));
  const rank = (path) => {
    const at = GUIDES.indexOf(posix.basename(path, ".md"));
    return at < 0 ? GUIDES.length : at;
  };
  return [
    { title: "somakit", pages: ["README.md", "CHANGELOG.md"] },
    { title: "Guides", pages: guides.sort((a, b) => rank(a) - rank(b)) },
    { title: "Data sets, key by key", pages: inside("docs/formats") },
    { title: "Packages", pages: packages().map(({ dir }) => `${relative(root, dir).replaceAll("\\", "/")}/README.md`) },
    { title: "Public API", pages: inside("docs/api") },
  ];
}

/** Where the page of a Markdown file is on the site. */
const pageOf = (path) => (path === "README.md" ? "index.html" : path.replace(/\.md$/, ".html").replace(/^docs\//, ""));

/** The anchor of a heading, as GitHub makes it, so that links are the same in both places. */
function anchorOf(text, taken) {
  const base = text
    .toLowerCase()
    .replace(/<[^>]*>|&\w+;/g, "")
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
    .replaceAll(" ", "-");
  let anchor = base;
  for (let count = 1; taken.has(anchor); count++) anchor = `${base}-${count}`;
  taken.add(anchor);
  return anchor;
}

/** A link of a Markdown file as one of its page: to another page, or to a file that is copied beside them. */
function linkOf(path, href, { known, files }) {
  if (/^[a-z]+:|^#/.test(href)) return href;
  const [file, anchor] = href.split("#");
  const target = posix.normalize(posix.join(posix.dirname(path), file));
  const hash = anchor === undefined ? "" : `#${anchor}`;
  const here = posix.dirname(pageOf(path));
  if (known.has(target)) return posix.relative(here, pageOf(target)) + hash;
  const api = `${target}/core.api.md`;
  if (known.has(api)) return posix.relative(here, pageOf(api));
  if (!existsSync(join(root, target))) throw new Error(`${path} links to ${href}, which is not there`);
  files.add(target);
  return posix.relative(here, `files/${target}`);
}

function htmlOf(path, text, site) {
  const taken = new Set();
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading: (html, level, raw) => `<h${level} id="${anchorOf(raw, taken)}">${html}</h${level}>\n`,
      link: (href, title, html) =>
        `<a href="${escaped(linkOf(path, href, site))}"${title ? ` title="${escaped(title)}"` : ""}>${html}</a>`,
    },
  });
  return marked.parse(text).replaceAll("<table>", '<div class="wide"><table>').replaceAll("</table>", "</table></div>");
}

const titleOf = (path, text) => /^# (.*)$/m.exec(text)?.[1]?.replace(/[`*]/g, "") ?? path;

const STYLE = `:root{color-scheme:light dark;--line:light-dark(#d8dee4,#3a4046);--soft:light-dark(#f4f6f8,#1c2126);--link:light-dark(#0b5cad,#7ab8ff)}
*{box-sizing:border-box}body{margin:0;font:16px/1.6 system-ui,sans-serif;display:grid;grid-template-columns:17rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem;border-right:1px solid var(--line);font-size:.9rem}
nav summary{font-weight:600;margin-top:.6rem;cursor:pointer}nav ul{list-style:none;margin:.2rem 0;padding:0 0 0 .8rem}nav [aria-current]{font-weight:600}
main{padding:1rem 2rem 4rem;max-width:64rem}a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
pre,code{font:.88em/1.5 ui-monospace,monospace;background:var(--soft);border-radius:4px}code{padding:.1em .3em}pre{padding:.8rem;overflow:auto}pre code{padding:0}
.wide{overflow:auto}table{border-collapse:collapse}th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top}
@media(max-width:50rem){body{display:block}nav{position:static;height:auto;border:0;border-bottom:1px solid var(--line)}}`;

function menuOf(current, menu) {
  const here = posix.dirname(pageOf(current));
  const items = ({ pages }) =>
    pages.map(({ path, title }) => {
      const mark = path === current ? ' aria-current="page"' : "";
      return `<li><a href="${posix.relative(here, pageOf(path))}"${mark}>${escaped(title)}</a></li>`;
    });
  const section = (part) => {
    const open = part.pages.some(({ path }) => path === current) || part.title === "Guides" ? " open" : "";
    return `<details${open}><summary>${escaped(part.title)}</summary><ul>${items(part).join("")}</ul></details>`;
  };
  return `<nav aria-label="Pages">${menu.map(section).join("")}</nav>`;
}

const texts = new Map(
  sections().flatMap(({ pages }) => pages.map((path) => [path, readFileSync(join(root, path), "utf8")])),
);
const site = { known: new Set(texts.keys()), files: new Set() };
const menu = sections().map(({ title, pages }) => ({
  title,
  pages: pages.map((path) => ({ path, title: titleOf(path, texts.get(path)) })),
}));

rmSync(out, { recursive: true, force: true });
const write = (path, content) => {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  writeFileSync(join(out, path), content);
};
for (const [path, text] of texts) {
  const page = pageOf(path);
  const style = posix.relative(posix.dirname(page), "style.css");
  write(
    page,
    `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(titleOf(path, text))} · somakit ${version}</title><link rel="stylesheet" href="${style}"></head>
<body>${menuOf(path, menu)}<main>
${htmlOf(path, text, site)}</main></body></html>
`,
  );
}
write("style.css", `${STYLE}\n`);
for (const file of site.files) cpSync(join(root, file), join(out, "files", file), { recursive: true });
console.log(`${texts.size} pages in ${relative(process.cwd(), out) || "."}`);
