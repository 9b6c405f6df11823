/** Stands before the indentation of a line; no text from a schema can hold it, since quoting and comments escape it. */
const MARK = "\u0001";
const MARKED = new RegExp(`^ *${MARK}`, "gm");

/** Text whose lines are indented as they should be, where ts-morph would indent them once more. */
export function indented(text: string): string {
  return text.replaceAll("\n", `\n${MARK}`);
}

/** Removes what ts-morph added in front of such lines, blanks at the ends of lines, and empty lines after an empty one. */
export function settleIndentation(text: string): string {
  return text
    .replace(MARKED, "")
    .replace(/ +$/gm, "")
    .replace(/\n{3,}/g, "\n\n");
}
