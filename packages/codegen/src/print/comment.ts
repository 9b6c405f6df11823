import { paragraphs, wrap } from "./text.js";

/** Text for a comment: cannot end it, and starts no JSDoc tag of its own. */
export function commentText(text: string): string {
  return paragraphs(text).join(" ").replaceAll("*/", "*\\/").replace(/\{@/g, "{\\@").replace(/^@/, "\\@");
}

export interface Doc {
  /** A first paragraph of our own wording, in which {@link} works. Schema text in it must have passed {@link commentText}. */
  readonly opening?: string;
  /** Paragraphs of free text, printed first. */
  readonly text: readonly (string | undefined)[];
  /** Short facts, printed as one closing paragraph each. */
  readonly facts?: readonly string[];
  /** Facts of one kind, printed behind the others as a list. */
  readonly list?: DocList | undefined;
  readonly tags?: readonly { readonly name: string; readonly text?: string }[];
}

export interface DocList {
  readonly opening: string;
  readonly items: readonly string[];
}

/**
 * A documentation comment for ts-morph's `docs`, wrapped to `width` columns. Empty when there is nothing to say: ts-morph
 * adds the delimiters and escapes nothing, so all text passes {@link commentText} here.
 */
export function docs(doc: Doc, width = 114): string[] {
  const opening = doc.opening === undefined ? [] : [wrap(doc.opening, width)];
  const blocks = [...doc.text.flatMap((text) => paragraphs(text ?? "")), ...(doc.facts ?? [])]
    .map((block) => wrap(commentText(block), width).map(guardTag))
    .filter((lines) => lines.length > 0);
  if (doc.list) blocks.push(listLines(doc.list, width));
  const tags = (doc.tags ?? []).map(({ name, text }) => `@${name}${text ? ` ${commentText(text)}` : ""}`);
  const lines = [...opening, ...blocks].flatMap((block, index) => (index === 0 ? block : ["", ...block]));
  if (tags.length > 0) lines.push(...(lines.length > 0 ? [""] : []), ...tags);
  if (lines.length === 0) return [];
  return [lines.length === 1 ? (lines[0] as string) : `\n${lines.join("\n")}`];
}

function listLines({ opening, items }: DocList, width: number): string[] {
  const lines = items.flatMap((item) =>
    wrap(commentText(item), width - 2).map((line, index) => `${index === 0 ? "- " : "  "}${guardTag(line)}`),
  );
  return [opening, ...lines];
}

/** A word that begins with `@` must not begin a line, where it would be a tag. */
function guardTag(line: string): string {
  return line.startsWith("@") ? `\\${line}` : line;
}
