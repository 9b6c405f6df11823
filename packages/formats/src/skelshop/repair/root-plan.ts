import type { Value } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import type { Mode } from "../model.js";
import { type Skeleton, skeletonOf, skeletonOfFile, skeletons } from "../skeleton.js";
import type { SkeletonFileType } from "../write/attributes.js";
import type { Changes } from "./changes.js";
import { isSet, numberIn, type StoredGroup, textOf, wholeOf } from "./stored.js";

/** What the root of a skeleton file says, put right. */
export interface RootPlan {
  readonly type: SkeletonFileType;
  readonly skeleton: Skeleton;
  /** Columns of every pose: those of the skeleton, or its true number of keypoints where the file says that. */
  readonly limbs: number;
  readonly attributes: Map<string, Value>;
}

/** Throws `FormatError`: `unsupported` for other versions, `missing` for what nothing in the file tells. */
export function planRoot(root: StoredGroup, timeline: StoredGroup, changes: Changes): RootPlan {
  const attributes = new Map(root.attributes);
  const type = typeOf(root, timeline);
  const set = (name: string, value: Value): void => {
    const isThere = attributes.has(name);
    attributes.set(name, value);
    changes.mend(`@${name}`, `${isThere ? "is wrong" : "is missing"}: becomes ${JSON.stringify(value)}`);
  };
  if (textOf(root, "fmt_type") !== type) set("fmt_type", type);
  const version = wholeOf(root, "fmt_ver");
  if (!root.attributes.has("fmt_ver")) set("fmt_ver", 1);
  else if (version !== 1)
    throw new FormatError("unsupported", `version ${version ?? "without a number"} of the format is not known, 1 is`, {
      path: "@fmt_ver",
    });
  const { skeleton, limbs } = skeletonIn(root);
  if (textOf(root, "mode") !== skeleton.mode) set("mode", skeleton.mode);
  if (wholeOf(root, "limbs") !== limbs) set("limbs", limbs);
  const isLegacy = skeleton.variant === "legacy";
  const isTold = skeletonOf(skeleton.mode, isLegacy ? "current" : "legacy").limbs !== skeleton.limbs;
  const isStated = root.attributes.has("legacy_skels");
  if (isTold && isStated && isSet(root, "legacy_skels") !== isLegacy) set("legacy_skels", isLegacy);
  return { type, skeleton, limbs, attributes };
}

function typeOf(root: StoredGroup, { node: { keys } }: StoredGroup): SkeletonFileType {
  if (keys.some((name) => numberIn(name, "shot") !== undefined)) return "trackshots";
  if (keys.some((name) => numberIn(name, "pose") !== undefined)) return "unseg";
  const stated = textOf(root, "fmt_type");
  if (stated === "unseg" || stated === "trackshots") return stated;
  const isOld = keys.some((name) => numberIn(name, "") !== undefined);
  if (isOld)
    throw new FormatError("unsupported", "a file of the first days of June 2020, before the format was settled", {
      path: "timeline",
    });
  throw new FormatError("missing", "nothing says whether the file has shots", { path: "@fmt_type" });
}

/** The skeleton by mode and number of columns, or by what is left of these. */
function skeletonIn(root: StoredGroup): { readonly skeleton: Skeleton; readonly limbs: number } {
  const mode = textOf(root, "mode");
  const limbs = wholeOf(root, "limbs");
  const known = skeletons.some((one) => one.mode === mode) ? (mode as Mode) : undefined;
  if (known !== undefined) {
    const fitting = limbs === undefined ? undefined : skeletonOfFile(known, limbs);
    if (fitting && limbs !== undefined) return { skeleton: fitting, limbs };
    const isLegacy = isSet(root, "legacy_skels");
    const skeleton = skeletonOf(known, isLegacy ? "legacy" : "current");
    return { skeleton, limbs: skeleton.limbs };
  }
  const modes = new Set(skeletons.filter((one) => one.limbs === limbs).map((one) => one.mode));
  const [only] = modes;
  const skeleton = only !== undefined && modes.size === 1 ? skeletonOfFile(only, limbs as number) : undefined;
  if (skeleton) return { skeleton, limbs: skeleton.limbs };
  throw new FormatError("missing", "nothing says which mode the keypoints are of", { path: "@mode" });
}
