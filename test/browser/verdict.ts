import {
  digest,
  type Input,
  type Issue,
  isFormatError,
  type Layout,
  nodeOfValue,
  openFile,
  readWith,
  toSource,
} from "@somakit/core";
import * as humandata from "@somakit/formats/humandata";

/** All that the SDK has to say about a file, as JSON: to be compared between platforms. */
export interface Verdict {
  readonly issues: readonly Issue[] | Failure;
  /** Digests of what is stored, and of what reading makes of it. */
  readonly stored: unknown;
  readonly value: unknown;
}

/** A `FormatError`. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** A module of a data set. */
export interface DataSet {
  readonly layout: Layout;
  readonly check: (input: Input) => Promise<readonly Issue[]>;
}

/** Files of several persons say so in their names; all others are of the plain kind. */
export function dataSetOf(name: string): DataSet {
  return /multi/.test(name) ? humandata.multi : humandata;
}

/** Checks a file, looks at what is stored in it, and reads it. */
export async function verdictOf(name: string, input: Input): Promise<Verdict> {
  const { layout, check } = dataSetOf(name);
  const source = await toSource(input);
  return {
    issues: await attempt(() => check(source)),
    stored: await attempt(async () => digest((await openFile(layout, source)).root)),
    value: await attempt(async () => valueDigest(await readWith<object>(layout, source))),
  };
}

export function isFailure(outcome: unknown): outcome is Failure {
  return typeof outcome === "object" && outcome !== null && "code" in outcome && "message" in outcome;
}

/** Digests of all members of a value that was read. */
export async function valueDigest(value: object): Promise<Readonly<Record<string, unknown>>> {
  const members = Object.entries(value).map(async ([key, member]): Promise<[string, unknown]> => {
    const { value: described } = await digest(nodeOfValue(member), { container: "value" });
    return [key, described];
  });
  return Object.fromEntries(await Promise.all(members));
}

async function attempt<T>(work: () => Promise<T>): Promise<T | Failure> {
  try {
    return await work();
  } catch (error) {
    if (!isFormatError(error)) throw error;
    return { code: error.code, message: error.message };
  }
}
