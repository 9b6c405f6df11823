import { createHash } from "node:crypto";
import {
  type Convention,
  type ConvertKeypointsOptions,
  convertKeypoints,
  type DTypeName,
  digest,
  dtype,
  isFormatError,
  type KeypointMapping,
  keypointMapping,
  type NdArray,
  nodeOfValue,
  zeros,
} from "@somakit/core";
import { loadConvention } from "@somakit/formats/registry";
import { differences, shown } from "../../compare.js";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";

/** `convention-pairs.json`: what maps to what between two conventions. */
interface Pairs {
  readonly pairs: readonly {
    readonly src: string;
    readonly dst: string;
    readonly exact: ExpectedMapping;
    readonly approximate: ExpectedMapping;
  }[];
}

interface ExpectedMapping {
  readonly matched: number;
  readonly sha256: string;
  /** Given where the lists are short enough to read. */
  readonly dstIndex?: readonly number[];
  readonly srcIndex?: readonly number[];
  readonly names?: readonly string[];
}

export function pairChecks(fixtures: Fixtures, path: string): readonly Check[] {
  const { pairs } = fixtures.json(path) as Pairs;
  return pairs.flatMap(({ src, dst, exact, approximate }) =>
    ([exact, approximate] as const).map((expected) => ({
      name: `${src} to ${dst}${expected === exact ? "" : ", approximate"}`,
      run: async () => {
        const options = { approximate: expected !== exact };
        const mapping = keypointMapping(await known(src), await known(dst), options);
        return differences(expected, described(mapping, expected), "");
      },
    })),
  );
}

/** A mapping in the notation of the fixture, with those lists that it has. */
function described({ pairs, to }: KeypointMapping, expected: ExpectedMapping): ExpectedMapping {
  const text = pairs.map((pair) => `${pair.to}:${pair.from}`).join(",");
  return {
    matched: pairs.length,
    sha256: createHash("sha256").update(text, "ascii").digest("hex"),
    ...(expected.dstIndex ? { dstIndex: pairs.map((pair) => pair.to) } : {}),
    ...(expected.srcIndex ? { srcIndex: pairs.map((pair) => pair.from) } : {}),
    ...(expected.names ? { names: pairs.map((pair) => to.keypoints[pair.to]?.name as string) } : {}),
  };
}

/** `trace-convert-kps.json`: calls of upstream's function and what they gave. */
interface Trace {
  readonly cases: readonly Case[];
}

interface Case {
  readonly src: string;
  readonly dst: string;
  readonly keypoints: ArrayNotation;
  readonly mask?: ArrayNotation;
  readonly approximate?: boolean;
  /** The entry of the reference's table of quirks that upstream's result comes from. */
  readonly quirk?: string;
  readonly result?: { readonly keypoints: Digest; readonly mask: Digest };
  readonly error?: { readonly type: string; readonly message: string };
  readonly log?: readonly { readonly level: string; readonly msg: string }[];
}

interface Digest {
  readonly dtype: string;
}

/** The numbers of an array: zeros, ones, the same number, numbers in a row, or a list, in C order. */
interface ArrayNotation {
  readonly $arr: {
    readonly kind: "zeros" | "ones" | "full" | "arange" | "data";
    readonly shape: readonly number[];
    readonly dtype: string;
    readonly value?: number;
    readonly data?: readonly number[];
    readonly offset?: number;
    readonly scale?: number;
  };
}

export function convertChecks(fixtures: Fixtures, path: string): readonly Check[] {
  const { cases } = fixtures.json(path) as Trace;
  return cases.map((call, index) => {
    const how = call.approximate ? ", approximate" : "";
    const quirk = call.quirk ? `, ${call.quirk}` : "";
    return { name: `${index}: ${call.src} to ${call.dst}${how}${quirk}`, run: () => check(call) };
  });
}

async function check(call: Case): Promise<readonly Difference[]> {
  const outcome = await convert(call);
  // Q73: upstream cuts 0.5 to 0; a mask with anything but 0 and 1 is refused here.
  const refused = call.quirk === "Q73" ? "a mask holds 0 and 1 only, found 0.5 at 0" : undefined;
  if (refused ?? call.error) return errorDifferences(outcome, refused ?? ERRORS[call.error?.message ?? ""]);
  if (!("keypoints" in outcome)) return [{ path: "", expected: "a result", found: outcome.error }];
  const { keypoints, mask, mapping } = outcome;
  const expected = call.result as NonNullable<Case["result"]>;
  return [
    ...(await resultDifferences("keypoints", expected.keypoints, keypoints, {
      // Q72: upstream makes float64 of everything; float dtypes are kept here, with equal values.
      dtype: call.quirk === "Q72" ? call.keypoints.$arr.dtype : expected.keypoints.dtype,
    })),
    ...(await resultDifferences("mask", expected.mask, mask, {
      // Q74: upstream's mask is float64 where both conventions are the same.
      dtype: call.quirk === "Q74" ? "|u1" : expected.mask.dtype,
    })),
    ...differences(
      (call.log ?? []).map(({ msg }) => msg),
      logged(mapping),
      "log",
    ),
  ];
}

/** Our wording of what upstream says, which is nothing for keypoints with two axes. */
const ERRORS: Readonly<Record<string, string>> = {
  "": "(frames, keypoints, channels) expected, found (17, 3); for other arrays give the axis",
  "cannot reshape array of size 96 into shape (17,3)": "16 keypoints along axis 1, but coco has 17",
  "The length of mask should be 17": "a mask of 16 for 17 keypoints",
  nope: "there is no convention nope",
};

function errorDifferences(outcome: Outcome, expected = "an error that this runner knows"): readonly Difference[] {
  const found = "keypoints" in outcome ? "a result" : outcome.error;
  return found === expected ? [] : [{ path: "", expected, found }];
}

type Outcome = ReturnType<typeof convertKeypoints> | { readonly error: string };

async function convert({ src, dst, keypoints, mask, approximate }: Case): Promise<Outcome> {
  const [from, to] = [await loadConvention(src), await loadConvention(dst)];
  if (!from || !to) return { error: `there is no convention ${from ? dst : src}` };
  const options: ConvertKeypointsOptions = { approximate, mask: mask && arrayOf(mask) };
  try {
    return convertKeypoints(arrayOf(keypoints), from, to, options);
  } catch (error) {
    if (isFormatError(error, "mismatch")) return { error: error.reason };
    throw error;
  }
}

/** Compares values in upstream's dtype, and the dtype with the one that is wanted. */
async function resultDifferences(
  name: string,
  expected: Digest,
  found: NdArray,
  wanted: { readonly dtype: string },
): Promise<readonly Difference[]> {
  const path = `${name}.dtype`;
  const dtypes =
    found.type.descr === wanted.dtype ? [] : [{ path, expected: wanted.dtype, found: shown(found.type.descr) }];
  const [same] = Object.values(await digest(nodeOfValue(cast(found, expected.dtype)), { container: "value" }));
  return [...dtypes, ...differences(expected, same, name)];
}

/** What upstream logs when approximations were used: here they are part of the mapping. */
function logged({ approximated }: KeypointMapping): readonly string[] {
  const list = (names: readonly string[]): string => `[${names.map((name) => `'${name}'`).join(", ")}]`;
  if (approximated.length === 0) return [];
  return [
    `Approximate mapping ${list(approximated.map(({ by }) => by))} to ${list(approximated.map(({ name }) => name))}`,
  ];
}

function cast(array: NdArray, descr: string): NdArray {
  return array.type.descr === descr ? array : filled(descr, array.shape, [...array].map(Number));
}

function arrayOf({ $arr }: ArrayNotation): NdArray {
  const { kind, shape, value = 0, data = [], offset = 0, scale = 1 } = $arr;
  const size = shape.reduce((product, length) => product * length, 1);
  const constant = kind === "ones" ? 1 : kind === "full" ? value : 0;
  const element = (index: number): number => (kind === "arange" ? offset + scale * index : constant);
  return filled($arr.dtype, shape, kind === "data" ? data : Array.from({ length: size }, (_, index) => element(index)));
}

function filled(descr: string, shape: readonly number[], values: readonly number[]): NdArray {
  const array = zeros<DTypeName>(dtype(descr), [values.length]);
  for (const [index, value] of values.entries()) array.set([index], value);
  return array.reshape(shape);
}

async function known(name: string): Promise<Convention> {
  const convention = await loadConvention(name);
  if (!convention) throw new Error(`there is no convention ${name}`);
  return convention;
}
