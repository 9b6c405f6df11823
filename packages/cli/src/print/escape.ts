/**
 * Characters that could steer a terminal or reorder its text: controls, invisible format characters such as
 * bidirectional marks, line and paragraph separators, lone surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** `text` with everything that a terminal would obey written out, such as `\x1b`. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, (sign) => NAMED[sign] ?? codeOf(sign));
}

/** The same for text of several lines, whose line ends stay. */
export function escapeBlock(text: string): string {
  return text.split("\n").map(escapeText).join("\n");
}

function codeOf(sign: string): string {
  const code = sign.codePointAt(0) as number;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}

/** Columns that `text` takes in a terminal: two for wide East Asian signs and emoji, none for combining marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const sign of text) {
    if (/\p{Mark}/u.test(sign)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        sign,
      )
        ? 2
        : 1;
  }
  return width;
}

/** `text` cut to `width` columns, with `…` where something was left out. */
export function cutText(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  let taken = 0;
  for (const sign of text) {
    const next = displayWidth(sign);
    if (taken + next > width - 1) break;
    kept += sign;
    taken += next;
  }
  return `${kept.trimEnd()}…`;
}
