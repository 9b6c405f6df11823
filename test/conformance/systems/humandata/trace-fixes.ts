import { NdArray } from "@somakit/core";
import { differences, shown } from "../../compare.js";
import type { Difference } from "../../system.js";
import { attributesOf, type DictState, describeValue } from "./describe.js";
import type { Operation, Outcome, Trace } from "./trace-replay.js";

/** An operation with what it came to, and all that was before. */
export interface Step {
  readonly trace: Trace;
  readonly index: number;
  readonly op: Operation;
  readonly outcome: Outcome;
  readonly start: Outcome;
  /** Of all operations. */
  readonly outcomes: readonly Outcome[];
}

type Look = (step: Step) => Promise<readonly Difference[]> | readonly Difference[];

/** What is asserted in place of upstream's result, or of one item of it. */
export interface Fix {
  /** Number in the reference's table of quirks, where the operation itself does not name it. */
  readonly quirk?: string;
  /** In place of the whole comparison. */
  readonly instead?: Look;
  /** In place of these items of the result. */
  readonly items?: Readonly<Record<string, Look>>;
  /** Attributes that differ. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Besides the comparison. */
  readonly also?: Look;
}

const item = (step: Step, key: string): unknown => step.outcome.made?.getRaw(key);

const is = (key: string, wanted: unknown): Look => {
  return async (step) => same(key, await describeValue(wanted), await describeValue(item(step, key)));
};

const isWhole =
  (key: string) =>
  (step: Step): readonly Difference[] =>
    item(step, key) === step.outcome.dict.getRaw(key)
      ? []
      : [{ path: key, expected: "the whole value", found: shown(item(step, key)) }];

const same = (what: string, expected: unknown, found: unknown): readonly Difference[] =>
  differences(expected, found, what, { scalars: "plain" });

const refused =
  (words: RegExp): Look =>
  ({ outcome: { error } }) =>
    error instanceof Error && words.test(error.message)
      ? []
      : [{ path: "", expected: `an error that says ${words.source}`, found: String(error ?? "none") }];

const succeeds = ({ outcome: { error } }: Step): readonly Difference[] =>
  error === undefined ? [] : [{ path: "", expected: "no error", found: String(error) }];

const ranges = (...rows: readonly (readonly [number, number])[]): Look => {
  return (step) => same("frame_range", rows, toNumbers(item(step, "frame_range")));
};

function toNumbers(value: unknown): unknown {
  return value instanceof NdArray ? JSON.parse(JSON.stringify(value)) : value;
}

/** Positions that Python's `getSlice` arguments select, reckoned here once more. */
function positions(length: number, [first, second = null, step = 1]: readonly (number | null)[]): readonly number[] {
  const by = step ?? 1;
  const [start, stop] = second === null ? [0, first as number] : [first as number, second];
  const clip = (bound: number): number =>
    Math.min(Math.max(bound < 0 ? bound + length : bound, by > 0 ? 0 : -1), by > 0 ? length : length - 1);
  const found: number[] = [];
  for (let at = clip(start); by > 0 ? at < clip(stop) : at > clip(stop); at += by) found.push(at);
  return found;
}

/** Q25: vertices have rows as all else has. */
const slicedVertices: Fix = {
  quirk: "Q25",
  items: {
    vertices: ({ op, outcome, ...step }) => {
      const whole = (outcome.dict.getRaw("vertices") as NdArray).toList() as readonly unknown[];
      const wanted = positions(whole.length, op["args"] as readonly number[]).map((row) => whole[row]);
      return same("vertices", wanted, (item({ ...step, op, outcome }, "vertices") as NdArray).toList());
    },
  },
};

/** Q25: so they are in the slices of a cache. */
const slicedCache: Fix = {
  quirk: "Q25",
  instead: async ({ op, outcome }) => {
    const [wanted, found] = [op.result, outcome.result] as unknown as readonly [CacheDescription, CacheDescription];
    const vertices = outcome.dict.getRaw("vertices") as NdArray;
    const size = op["sliceSize"] as number;
    const slices: Record<string, unknown> = {};
    for (const [number, { dict }] of Object.entries(wanted.slices)) {
      const start = Number(number) * size;
      slices[number] = { dict: { ...dict, vertices: await describeValue(vertices.slice([start, start + size])) } };
    }
    const { vertices: _, ...constant } = wanted.writer.dict.non_sliced_data.dict;
    const writer = { dict: { ...wanted.writer.dict, non_sliced_data: { dict: constant } } };
    return differences({ writer, slices }, found, "", { scalars: "plain", order: false });
  },
};

interface CacheDescription {
  readonly writer: {
    readonly dict: { readonly non_sliced_data: { readonly dict: Readonly<Record<string, unknown>> } };
  };
  readonly slices: Readonly<Record<string, { readonly dict: object }>>;
}

/** Texts are values, not lists of characters. */
const wholeVideo: Fix = { quirk: "Q21", items: { video: isWhole("video") } };

/** Q4: lists of several kinds stay what they are. */
const mixedList: Fix = {
  quirk: "Q4",
  items: { a_mixed_list: is("a_mixed_list", NdArray.from<"object">("object", [1, "a", 2.5])) },
};

/** Q19: what a dict is made of says how long it is. */
function inferredLength(length: number): Fix {
  return { quirk: "Q19", attributes: { data_len: length } };
}

/** By trace and operation; -1 is its start. */
const FIXES: Readonly<Record<string, Readonly<Record<number, Fix>>>> = {
  cache: { 0: slicedCache, 1: slicedCache },
  "new-from-dict": {
    [-1]: inferredLength(3),
    0: {
      quirk: "Q19",
      instead: ({ outcome }) => same("data_len", 3, (outcome.result as { data_len: number }).data_len),
    },
    1: { items: { bbox_xywh: ({ outcome }) => rows(outcome, "bbox_xywh", 1), image_path: is("image_path", ["a"]) } },
  },
  "compress-missing-mask": { [-1]: inferredLength(2) },
  "generate-mask": {
    10: { instead: ({ outcome, outcomes }) => same("keypoints2d", outcomes[8]?.result, outcome.result) },
  },
  "lock-bypass": {
    6: { instead: ({ outcome }) => lockedMask(outcome) },
    7: {
      instead: ({ start, outcome }) => same("keypoints2d", paddedAt(start), outcome.result),
    },
  },
  "raw-wrong-joints": {
    1: { instead: ({ start, outcome }) => same("keypoints2d", paddedAt(start), outcome.result) },
  },
  "slice-containers": {
    4: wholeVideo,
    6: { items: { ...wholeVideo.items, meta: wholeGender } },
    9: {
      instead: async (step) => [...succeeds(step), ...(await is("misc", { inner: { k0: 0, k1: 1, k2: 2 } })(step))],
    },
    11: wholeVideo,
    13: {
      items: {
        ...wholeVideo.items,
        misc: is("misc", { dim: 1, arr: NdArray.from("float64", Float64Array.of(0, 1, 2, 3, 4, 5), [2, 3]) }),
      },
    },
    15: wholeVideo,
    20: wholeVideo,
    22: { instead: (step) => [...succeeds(step), ...isWhole("a_set")(step)] },
  },
  roundtrip: { 0: mixedList, 1: mixedList },
  shape: { 12: { instead: refused(/keypoints2d_mask: uint8 cannot hold 300/) } },
  "shape-compressed": {
    0: {
      also: ({ outcome: { dict } }) =>
        inShape(dict.inShape("keypoints2d", [2, -1, -1], { form: "logical" }), [2, 190, 3]),
    },
    1: {
      also: ({ outcome: { dict } }) =>
        inShape(dict.inShape("keypoints2d", [-1, 191, -1], { form: "logical" }), [7, 191, 3]),
    },
  },
  "concat-simple": {
    12: {
      items: {
        bbox_xywh: ({ outcome }) => rows(outcome, "bbox_xywh", 1),
        image_path: is("image_path", ["p0"]),
        keypoints2d: ({ outcome }) => rows(outcome, "keypoints2d", 1),
      },
    },
    13: {
      instead: ({ outcome }) => [
        ...same("data_len", 8, outcome.made?.dataLen),
        ...same("keys", [...outcome.dict.keys()], [...(outcome.made?.keys() ?? [])]),
        ...rows(outcome, "bbox_xywh", 8),
        ...rows(outcome, "keypoints2d", 8),
      ],
    },
  },
  concat: {
    25: { items: { keypoints3d_1: ({ outcome }) => rows(outcome, "keypoints3d_1", 3, 4) } },
    33: {
      instead: (step) => [
        ...succeeds(step),
        ...same(
          "label",
          ["ab", "abc"],
          ["label_0", "label_1"].map((key) => item(step, key)),
        ),
      ],
    },
  },
  multi: {
    6: { instead: noImages },
    7: { instead: succeeds },
    13: { items: { frame_range: ranges([0, 1], [1, 2]), image_id: is("image_id", [1, 2]) } },
    15: { items: { frame_range: ranges([0, 2], [2, 3]), image_id: is("image_id", [0, 1]) } },
  },
  "multi-build": { 8: { items: { frame_range: ranges([0, 1], [1, 4]), meta: perImage } } },
  "multi-no-range": { 2: { instead: refused(/frame_range/) } },
};

/** What differs from upstream on purpose in an operation, beyond what its `recommended` spells out. */
export function fixOf({ trace, index, op }: Pick<Step, "trace" | "index" | "op">): Fix {
  const fix = FIXES[trace.trace]?.[index];
  if (fix) return fix;
  return op.op === "getSlice" && (trace.trace === "slice" || trace.trace === "slice-compressed") ? slicedVertices : {};
}

function rows({ made }: Outcome, key: string, ...sizes: readonly number[]): readonly Difference[] {
  const shape = (made?.getRaw(key) as NdArray | undefined)?.shape ?? [];
  return same(`${key} shape`, sizes, shape.slice(0, sizes.length));
}

function inShape(array: NdArray, shape: readonly number[]): readonly Difference[] {
  return same("padded shape", shape, array.shape);
}

function lockedMask({ log, dict }: Outcome): readonly Difference[] {
  const ones = [...(dict.getRaw("keypoints2d_mask") as NdArray)].filter((value) => value === 1).length;
  return [
    ...same(
      "log",
      ["Mask cannot be modified in keypoints_compressed mode."],
      log.map(({ message }) => message),
    ),
    ...same("ones", 17, ones),
  ];
}

function paddedAt({ result }: Outcome): unknown {
  return (result as { readonly padded: Readonly<Record<string, unknown>> }).padded["keypoints2d"];
}

async function wholeGender(step: Step): Promise<readonly Difference[]> {
  const found = (await describeValue(item(step, "meta"))) as { readonly dict: Readonly<Record<string, unknown>> };
  const { dict } = (step.op.result as { readonly items: { readonly meta: { readonly dict: object } } }).items.meta;
  return same("meta", { ...dict, gender: "mmm" }, found.dict);
}

async function perImage(step: Step): Promise<readonly Difference[]> {
  const found = (await describeValue(item(step, "meta"))) as { readonly dict: Readonly<Record<string, unknown>> };
  const { dict } = (step.op.result as { readonly items: { readonly meta: { readonly dict: object } } }).items.meta;
  const wanted = await describeValue(NdArray.from("float64", Float64Array.of(1, 2)));
  return same("meta", { ...dict, per_image: wanted }, found.dict);
}

/** Zero images: all rows are gone, all else is there. */
function noImages({ start, outcome: { made, error } }: Step): readonly Difference[] {
  if (!made) return [{ path: "", expected: "no images", found: String(error) }];
  const { attributes, order } = start.result as DictState;
  const shapes = ["frame_range", "bbox_xywh", "keypoints2d"].map((key) => (made.getRaw(key) as NdArray).shape);
  return [
    ...same("attributes", { ...attributes, data_len: 0, instance_num: 0 }, attributesOf(made)),
    ...same("keys", order, [...made.keys()]),
    ...same(
      "shapes",
      [
        [0, 2],
        [0, 5],
        [0, 190, 3],
      ],
      shapes,
    ),
    ...same("image_path", [], made.getRaw("image_path")),
  ];
}
