import { paragraphs, quote } from "./text.js";

/** Free text as Markdown: what stands in backquotes stays code, everything else is only text, in HTML too. */
export function markdown(text: string): string {
  return paragraphs(text).map(inline).join("\n\n");
}

/** The same on one line, for headings and table cells. */
export function markdownLine(text: string): string {
  return inline(paragraphs(text).join(" "));
}

/** A code span, whatever the text holds. */
export function code(text: string): string {
  const content = paragraphs(text).join(" ");
  if (content === "") return "";
  const longest = Math.max(0, ...(content.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = longest > 0 ? " " : "";
  return `${fence}${space}${content}${space}${fence}`;
}

/** A key as a code span, in quotes where one could not see it otherwise. */
export function keyCode(key: string): string {
  const visible = key !== "" && key.trim() === key && quote(key) === JSON.stringify(key) && !/[\n\r\t]/.test(key);
  return code(visible ? key : quote(key));
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => text.replace(/(?<!\\)\|/g, "\\|");
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`.replace(/ {2,}/g, " ");
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A code span: as many backquotes at its end as at its beginning. */
const SPAN = /(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/g;

function inline(text: string): string {
  let printed = "";
  let end = 0;
  for (const match of text.matchAll(SPAN)) {
    printed += plain(text.slice(end, match.index)) + code(match[2] ?? "");
    end = match.index + match[0].length;
  }
  return printed + plain(text.slice(end));
}

/** Everything that Markdown or HTML could take for markup gets a backslash or an entity. */
function plain(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*[\]{}#|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\$&")
    .replace(/^(\s*)([-+=])/, "$1\\$2")
    .replace(/^(\s*\d+)([.)])/, "$1\\$2");
}
