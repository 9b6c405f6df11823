import { NdArray, readPickle } from "@somakit/core";
import {
  formatGcnInput,
  padTo,
  poseDecode,
  preNormalize2d,
  preNormalize3d,
  type SkeletonFeature,
  skeletonFeatures,
} from "../../../../packages/formats/src/pyskl/transforms/index.js";
import { isObject, sameJson } from "../../compare.js";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";

/** Inputs of the operators: a clip in 3D, one in 2D with scores. */
interface Inputs {
  /** Cast to float32, as the fixture says. */
  readonly spatial: NdArray;
  readonly flat: NdArray;
  readonly score: NdArray;
}

interface Output {
  readonly keypoint: NdArray;
  readonly total_frames: number;
  readonly body_center?: NdArray | undefined;
  readonly keypoint_score?: NdArray | undefined;
}

const IMAGE = [120, 160] as const;

const framesOf = (keypoint: NdArray): number => keypoint.shape.at(-3) as number;

/** What an operator leaves behind that only makes keypoints. */
const made = (keypoint: NdArray, keypoint_score?: NdArray): Output => ({
  keypoint,
  total_frames: framesOf(keypoint),
  keypoint_score,
});

function preNormalized(spatial: NdArray, alignSpine: boolean): Output {
  const { keypoint, totalFrames, bodyCenter } = preNormalize3d(spatial, { alignSpine });
  return { keypoint, total_frames: totalFrames, body_center: bodyCenter };
}

const features = (name: SkeletonFeature): Readonly<Record<string, (inputs: Inputs) => Output>> => ({
  [`GenSkeFeat(dataset='nturgb+d', feats=['${name}']) on 3D`]: ({ spatial }) =>
    made(skeletonFeatures(spatial, { layout: "nturgb+d", features: [name] })),
  [`GenSkeFeat(dataset='coco', feats=['${name}']) on 2D`]: ({ flat, score }) =>
    made(
      skeletonFeatures(preNormalize2d(flat, { score, imageShape: IMAGE }), {
        layout: "coco",
        features: [name],
      }),
    ),
});

const OPERATORS: Readonly<Record<string, (inputs: Inputs) => Output>> = {
  "PreNormalize3D() on 3D": ({ spatial }) => preNormalized(spatial, true),
  "PreNormalize3D(align_spine=False) on 3D": ({ spatial }) => preNormalized(spatial, false),
  "PreNormalize2D() on 2D": ({ flat, score }) => made(preNormalize2d(flat, { score, imageShape: IMAGE })),
  "PreNormalize2D(mode='auto') on 2D": ({ flat, score }) => made(preNormalize2d(flat, { score, mode: "auto" })),
  "PreNormalize2D(img_shape=(1080,1920)) without img_shape key": ({ flat, score }) =>
    made(preNormalize2d(flat, { score })),
  "PoseDecode() on 2D": ({ flat, score }) => made(poseDecode(flat), poseDecode(score)),
  ...features("j"),
  ...features("b"),
  ...features("jm"),
  ...features("bm"),
  "PadTo(length=9, loop) on 3D": ({ spatial }) => made(padTo(spatial, 9)),
  "PadTo(length=7, zero) on 3D": ({ spatial }) => made(padTo(spatial, 7, { mode: "zero" })),
  "FormatGCNInput(num_person=3) on 3D": ({ spatial }) => made(formatGcnInput(spatial, { people: 3 })),
  "FormatGCNInput(num_person=1) on 2D": ({ flat, score }) => made(formatGcnInput(flat, { people: 1, score }), score),
  "FormatGCNInput(num_person=2, mode='loop') on one person": ({ spatial }) =>
    made(formatGcnInput(spatial.slice([0, 1]), { people: 2, mode: "loop" })),
};

/** A check for each operator that the expected file lists. */
export function transformChecks(path: string, cases: unknown, fixtures: Fixtures): readonly Check[] {
  if (!Array.isArray(cases)) return [{ name: "cases", skip: "no list of operators" }];
  return cases.map((entry: unknown) => {
    const { transform, out } = entry as { readonly transform: string; readonly out: Readonly<Record<string, unknown>> };
    return {
      name: transform,
      run: async () => {
        const operator = OPERATORS[transform];
        if (!operator) return [{ path: "", expected: transform, found: "an operator that this runner does not know" }];
        return compare(out, operator(inputsOf(fixtures.bytes(path))));
      },
    };
  });
}

function inputsOf(bytes: Uint8Array): Inputs {
  const clips = readPickle(bytes) as ReadonlyMap<string, ReadonlyMap<string, NdArray>>;
  const array = (clip: string, key: string): NdArray => clips.get(clip)?.get(key) as NdArray;
  const spatial = array("k3", "keypoint");
  return {
    spatial: NdArray.from("float32", Float32Array.from(spatial, Number), spatial.shape),
    flat: array("k2", "keypoint"),
    score: array("k2", "keypoint_score"),
  };
}

function compare(expected: Readonly<Record<string, unknown>>, found: Output): readonly Difference[] {
  const given = Object.entries(found).filter(([, value]) => value !== undefined);
  const keys = (list: readonly string[]): string => [...list].sort().join(", ");
  const [a, b] = [keys(Object.keys(expected)), keys(given.map(([key]) => key))];
  if (a !== b) return [{ path: "", expected: a, found: b }];
  return given.flatMap(([key, value]) => compareMember(key, expected[key], value));
}

function compareMember(path: string, expected: unknown, found: unknown): readonly Difference[] {
  if (!isObject(expected) || !(found instanceof NdArray))
    return expected === found ? [] : [{ path, expected: String(expected), found: String(found) }];
  const head = { dtype: found.type.descr, shape: found.shape };
  const wanted = { dtype: expected["dtype"], shape: expected["shape"] };
  if (!sameJson(head, wanted)) return [{ path, expected: JSON.stringify(wanted), found: JSON.stringify(head) }];
  const values = expected["values"] as readonly number[];
  const wrong = [...found].findIndex((value, index) => !isSame(found.dtype, values[index] as number, Number(value)));
  if (wrong < 0) return [];
  return [{ path: `${path}[${wrong}]`, expected: String(values[wrong]), found: String([...found][wrong]) }];
}

/** Values are written with nine digits: all of a float32, and as much of a float64 as is compared. */
function isSame(dtype: string, expected: number, found: number): boolean {
  if (dtype !== "float64") return Math.fround(expected) === found;
  return Math.abs(expected - found) <= Math.max(Math.abs(expected) * 1e-8, 1e-12);
}
