import { createHash } from "node:crypto";
import { decodeXz, isFormatError } from "@somakit/core";
import { check, type Frame, open } from "@somakit/formats/bodycompress";
import { differences, isObject } from "../compare.js";
import type { Fixtures } from "../fixtures.js";
import { type Check, type Difference, later, type System } from "../system.js";
import { compareFrames, describedAs } from "./bodycompress/frames.js";
import { writerChecks } from "./bodycompress/writer.js";

type Expected = Readonly<Record<string, unknown>>;

/** What upstream does with a file, and remarks. */
const REMARKS: ReadonlySet<string> = new Set(["upstream", "lenient"]);

/** Codes of errors, by the sentences of the expected files. */
const CODES: readonly (readonly [sentence: RegExp, code: string])[] = [
  [/exceeds the 100 MiB/, "limit"],
  [/needs \d+ bytes, data has/, "corrupt"],
  [/file is empty|ends inside|is cut/, "truncated"],
  [/not an xz file/, "not-this-format"],
  [/integer map keys/, "unsupported"],
  [/not a map/, "mismatch"],
  [/pickle/, "refused"],
  [/does not match/, "checksum"],
];

/** The expected files are explained in the manifest. */
export const bodycompress: System = {
  name: "bodycompress",

  partOf: () => undefined,

  checks({ path, expected }, fixtures) {
    if (path === "writer_cases.json") return writerChecks(path, fixtures);
    if (!expected) return [];
    const { error } = expected;
    if (typeof error === "string") return [{ name: "error", run: () => fails(path, error, expected, fixtures) }];
    return Object.entries(expected)
      .filter(([name]) => !REMARKS.has(name))
      .flatMap(([name, value]) => sectionChecks(path, name, value, expected, fixtures));
  },
};

function sectionChecks(
  path: string,
  name: string,
  value: unknown,
  expected: Expected,
  fixtures: Fixtures,
): readonly Check[] {
  const bytes = (): Uint8Array => fixtures.bytes(path);
  switch (name) {
    case "version":
    case "data_start":
    case "header_extra":
    case "length":
    case "finished":
      return [{ name, run: () => states(bytes(), name, value, expected) }];
    case "metadata":
      return [{ name, run: async () => describedAs(value, await (await open(bytes())).metadata(), "metadata") }];
    case "frames":
      return [
        { name, run: async () => compareFrames(value, await (await open(bytes())).frames.read()) },
        { name: "frames one by one", run: () => oneByOne(bytes(), value) },
        { name: "check", run: () => hasNoIssues(bytes()) },
      ];
    case "payload":
      return [{ name, run: () => hasPayload(bytes(), value) }];
    case "camera_decoded":
      return [{ name, skip: later("cameras of frames") }];
    default:
      return [{ name, skip: "a section that this runner does not know" }];
  }
}

async function states(
  bytes: Uint8Array,
  name: string,
  value: unknown,
  expected: Expected,
): Promise<readonly Difference[]> {
  const file = await open(bytes);
  const header = (await file.header.exists()) ? await file.header.read() : undefined;
  switch (name) {
    case "version":
      return differences(value, header?.__bodycompress_version__ ?? [0, 1, 0], name);
    case "data_start":
      return differences(value, header?.data_start ?? null, name);
    case "header_extra":
      return differences(value, { frames_per_block: file.frames.perBlock }, name);
    case "finished":
      return differences(value, file.frames.isFinished, name);
    default:
      // Of an unfinished file the header says 0, which counts for nothing.
      return differences(value, expected["finished"] === false ? header?.length : (file.frames.stated ?? null), name);
  }
}

/** The last frame first, each found by its number. */
async function oneByOne(bytes: Uint8Array, expected: unknown): Promise<readonly Difference[]> {
  const { frames } = await open(bytes);
  const found: Frame[] = [];
  for (let index = (await frames.length()) - 1; index >= 0; index--) found.unshift(await frames.at(index));
  return compareFrames(expected, found);
}

async function hasNoIssues(bytes: Uint8Array): Promise<readonly Difference[]> {
  const issues = await check(bytes);
  return issues
    .filter(({ severity }) => severity === "error")
    .map(({ path, message }) => ({ path, expected: "no issues", found: message }));
}

async function hasPayload(bytes: Uint8Array, expected: unknown): Promise<readonly Difference[]> {
  const hash = createHash("sha256");
  let total = 0;
  for await (const piece of decodeXz(bytes)) {
    hash.update(piece);
    total += piece.byteLength;
  }
  return differences(expected, { bytes: total, sha256: hash.digest("hex") }, "payload");
}

/** All whole frames come first, then an error of the right kind that names the frame, key and place. */
async function fails(
  path: string,
  sentence: string,
  expected: Expected,
  fixtures: Fixtures,
): Promise<readonly Difference[]> {
  const code = CODES.find(([pattern]) => pattern.test(sentence))?.[1];
  const frames: Frame[] = [];
  try {
    const file = await open(fixtures.bytes(path));
    for await (const frame of file.frames) frames.push(frame);
  } catch (error) {
    if (!isFormatError(error)) throw error;
    const place = placeOf(sentence, expected);
    const named = place === undefined || error.path.startsWith(place);
    const before = expected["frames_before_error"];
    return [
      ...differences(code, error.code, "code"),
      ...(named ? [] : [{ path: "place", expected: String(place), found: error.path }]),
      ...(isObject(before) ? await compareFrames(before, frames) : []),
    ];
  }
  return [{ path: "", expected: `an error: ${sentence}`, found: "none" }];
}

function placeOf(sentence: string, { frames_before_error: before }: Expected): string | undefined {
  const stated = /^(?:frame (\d+)(?:, (?:key )?(\w+))?|(metadata\.\w+)|object (\d+))/.exec(sentence);
  if (stated?.[3] !== undefined) return stated[3];
  const index = stated?.[1] ?? stated?.[4] ?? (isObject(before) ? String(before["count"]) : undefined);
  if (index === undefined) return undefined;
  return `frames[${index}]${stated?.[2] === undefined ? "" : `.${stated[2]}`}`;
}
