/** One thing that is shown to work in the browser. */
export interface BrowserCheck {
  readonly name: string;
  /** Throws when it does not. What it resolves to is worth knowing. */
  readonly run: () => Promise<string>;
}

/** Thrown by a check that needs what this browser or this machine does not have. */
export class Unavailable extends Error {}

/** Throws when two values differ as JSON. */
export function expectSame(what: string, found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${shorten(b)} is expected, ${shorten(a)} was found`);
}

/** Throws when `holds` is false. */
export function expectThat(what: string, holds: boolean): void {
  if (!holds) throw new Error(what);
}

/** What `work` throws; throws when it throws nothing. */
export async function thrownBy(what: string, work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error(`${what}: an error is expected, there was none`);
}

/** An error as one line, or with where it came from. */
export function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ""}` : String(error);
}

const LONGEST = 300;

function shorten(json: string | undefined): string {
  const text = json ?? "undefined";
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

export const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
