/** What the name of a frame's file says. */
export interface FrameName {
  /** Of the sequence; undefined where names say none. */
  readonly name: string | undefined;
  readonly frame: number;
}

const PARTS = /\{name\}|\{frame:([0-9]+)\}/gu;

/** Reads names that are made by a template of `{name}` and `{frame:digits}`; undefined for other names. */
export function frameNames(template: string): (name: string) => FrameName | undefined {
  let source = "";
  let at = 0;
  for (const match of template.matchAll(PARTS)) {
    source += literal(template.slice(at, match.index));
    source += match[1] === undefined ? "(?<name>.*)" : `(?<frame>[0-9]{${match[1]},15})`;
    at = match.index + match[0].length;
  }
  const expression = new RegExp(`^${source}${literal(template.slice(at))}$`, "su");
  return (text) => {
    const { name, frame } = expression.exec(text)?.groups ?? {};
    return frame === undefined ? undefined : { name, frame: Number(frame) };
  };
}

/** The name of a frame by a template. What no file may be called is an underscore in it. */
export function nameOfFrame(template: string, sequence: string, frame: number): string {
  return template.replaceAll(PARTS, (_, digits: string | undefined) =>
    digits === undefined ? fileText(sequence) : String(frame).padStart(Number(digits), "0"),
  );
}

/** A text as a part of a file's name on any system. */
export function fileText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no name may have.
  return text.replaceAll(/[\u0000-\u001f<>:"/\\|?*]/gu, "_").replace(/^\.+/u, "_");
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, "\\$&");
}
