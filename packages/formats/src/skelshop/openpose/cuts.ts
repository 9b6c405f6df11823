import { FormatError } from "@somakit/core/errors";

/**
 * The frames at which shots begin, but the first one, in a text file: PySceneDetect's list of scenes (`.csv`: timecodes, headings, a
 * scene a line with its first frame in the second column), or one number a line, as it comes from ffprobe. Ascending, without
 * those that come twice. Throws `FormatError` `corrupt` for lines that are neither.
 */
export function readCuts(text: string, name = ""): readonly number[] {
  const lines = text.split(/\r\n|\n|\r/);
  const isList = lines.length > 1 && /^[^\n]*,/.test(lines[1] ?? "");
  const cuts = isList ? sceneStarts(lines, name) : lines.flatMap((line, index) => cutsOf(line.trim(), name, index));
  return [...new Set(cuts)].sort((a, b) => a - b);
}

function sceneStarts(lines: readonly string[], name: string): number[] {
  const scenes = lines.flatMap((line, index) =>
    index < 2 || line.trim() === "" ? [] : cutsOf((line.split(",")[1] ?? "").trim(), name, index),
  );
  return scenes.slice(1);
}

function cutsOf(text: string, name: string, index: number): number[] {
  if (text === "") return [];
  const frame = Number(text);
  if (/^[0-9]+$/.test(text) && Number.isSafeInteger(frame)) return [frame];
  throw new FormatError("corrupt", `line ${index + 1}: ${JSON.stringify(text)} is no frame`, { path: name });
}
