import { digest as digestOf, type NdArray, nodeOfValue, readPickle, type Value } from "@somakit/core";
import { clipsOfSplit, gestureClip, type IdentifiedClip } from "../../../../packages/formats/src/pyskl/clips/index.js";
import { differences } from "../../compare.js";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";
import { datasetOf, recordOf } from "./k400.js";
import { common } from "./notation.js";

type Clip = IdentifiedClip & Readonly<Record<string, unknown>>;

/** A check for each split: which clips upstream keeps, in what order. */
export function viewChecks(path: string, views: unknown, fixtures: Fixtures): readonly Check[] {
  return Object.entries(views as Readonly<Record<string, unknown>>).map(([name, expected]) => ({
    name: `views ${name}`,
    run: async () => compareView(fixtures.bytes(path), name === "None" ? undefined : name, expected),
  }));
}

async function compareView(
  bytes: Uint8Array,
  split: string | undefined,
  expected: unknown,
): Promise<readonly Difference[]> {
  let clips: readonly Clip[];
  try {
    clips = clipsOfSplit(readDataset(bytes), split);
  } catch (error) {
    if (Array.isArray(expected)) throw error;
    return [];
  }
  const found = clips.map(
    (clip) =>
      new Map([
        ["id", clip.frame_dir],
        ["label", clip["label"]],
      ] as const),
  );
  const { pickle: described } = await digestOf(nodeOfValue(found as unknown as Value), { container: "pickle" });
  const list = (described as { readonly list: readonly { readonly dict: unknown }[] }).list.map(({ dict }) => dict);
  return differences(common(expected), common(list.map(withPlainLabel)), "", { scalars: "plain" });
}

/** Labels of several classes are plain lists in the notation of views. */
function withPlainLabel(clip: unknown): unknown {
  const { id, label } = clip as { readonly id: unknown; readonly label: unknown };
  const list = typeof label === "object" && label !== null && "list" in label ? label.list : label;
  return { id, label: list };
}

/** A data set with splits, or a bare list of clips. */
function readDataset(bytes: Uint8Array): Parameters<typeof clipsOfSplit<Clip>>[0] {
  const root = readPickle(bytes);
  return Array.isArray(root) ? root.map((clip: Value) => recordOf(clip) as Clip) : datasetOf(bytes);
}

interface GestureViews {
  readonly options: { readonly squeeze: boolean; readonly mode: "2D" | "3D" };
  readonly splits: Readonly<Record<string, unknown>>;
}

/** A check for each split of a gesture set: its clips as they are loaded. */
export function gestureChecks(path: string, views: unknown, fixtures: Fixtures): readonly Check[] {
  const { options, splits } = views as GestureViews;
  return Object.entries(splits).map(([name, expected]) => ({
    name: `gesture_views ${name}`,
    run: async () => {
      const clips = clipsOfSplit(datasetOf(fixtures.bytes(path)), name.split("+"));
      const loaded = clips.map((clip) => gestureClip(clip as typeof clip & { readonly keypoint: NdArray }, options));
      const value = loaded.map((clip) => new Map(Object.entries(clip))) as unknown as Value;
      const { pickle: found } = await digestOf(nodeOfValue(value), { container: "pickle" });
      return differences(common(expected), common(found), "", { scalars: "plain" });
    },
  }));
}
