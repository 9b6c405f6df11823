import { FormatError } from "@somakit/core/errors";

/** A line of the list of videos that skeletons are to be extracted from. */
export interface VideoEntry {
  readonly path: string;
  /** What its skeletons are called: the file's name up to the first dot, so `a.b.mp4` and `a.mp4` are one. */
  readonly frameDir: string;
  /** Absent when the list has no labels, as for videos that are to be classified. */
  readonly label?: number;
}

/**
 * Reads a list of videos: a path and perhaps a label on each line, apart by blanks; either all lines have a label or
 * none. Throws `FormatError` `corrupt` with the line for one that is different.
 */
export function parseVideoList(text: string): readonly VideoEntry[] {
  const lines = text.split(/\r\n|\r|\n/);
  while (lines.at(-1) === "") lines.pop();
  const words = lines.map((line) => line.trim().split(/\s+/));
  const expected = words[0]?.length;
  return words.map(([path = "", label, ...more], index) => {
    const count = label === undefined ? 1 : 2 + more.length;
    const wrong = (reason: string): FormatError => new FormatError("corrupt", `line ${index + 1}: ${reason}`);
    if (path === "") throw wrong("an empty line");
    if (count > 2) throw wrong(`${count} words where a path and a label should be; paths cannot have blanks`);
    if (count !== expected) throw wrong(`${count === 1 ? "no label" : "a label"}, unlike line 1`);
    if (label !== undefined && !/^[+-]?\d{1,15}$/.test(label)) throw wrong(`${JSON.stringify(label)} is no label`);
    return { path, frameDir: frameDirOf(path), ...(label !== undefined && { label: Number(label) }) };
  });
}

/** The name under which the skeletons of a video are stored. */
export function frameDirOf(path: string): string {
  const [name = ""] = path.slice(path.lastIndexOf("/") + 1).split(".");
  return name;
}
