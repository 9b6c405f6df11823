/** What must never stand raw in a printed file: controls, line separators, and marks that reverse the reading direction. */
const UNSAFE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;

/** `text` as a double-quoted literal that holds nothing invisible, for TypeScript and for types. */
export function quote(text: string): string {
  return escapeInvisible(JSON.stringify(text));
}

/** Escapes what {@link quote} escapes in code that has such characters inside its string literals only. */
function escapeInvisible(code: string): string {
  return code.replace(UNSAFE, (mark) =>
    mark === "\n" || mark === "\t" ? mark : `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Free text as paragraphs of words: one blank between words, whatever line ends and controls the text had. */
export function paragraphs(text: string): string[] {
  return text
    .split(/(?:\r\n|[\n\r\u2028\u2029])\s*(?:\r\n|[\n\r\u2028\u2029])/u)
    .map((paragraph) => paragraph.replace(UNSAFE, " ").replace(/\s+/gu, " ").trim())
    .filter((paragraph) => paragraph !== "");
}

/** Breaks a paragraph into lines of at most `width` characters, where its blanks allow it. */
export function wrap(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  if (line !== "") lines.push(line);
  return lines;
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function together(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** Order by code units, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
