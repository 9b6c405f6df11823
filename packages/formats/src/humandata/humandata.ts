import type { DictOptions, Input, LoadDictOptions } from "@somakit/core";
import { layout } from "./humandata.layout.gen.js";
import type { HumanData } from "./humandata.types.gen.js";
import { PersonDict } from "./person-dict.js";

export { type DumpOptions, PersonDict } from "./person-dict.js";

/** What makes a dict. */
export interface NewOptions {
  readonly strict?: boolean | undefined;
}

/**
 * HumanData in memory, checked on every assignment, as mmhuman3d's class of that name.
 *
 * ```ts
 * const data = await HumanDataDict.fromFile(await fileSource("coco_train.npz"));
 * data.set("keypoints2d", keypoints).compressKeypointsByMask();
 * await data.getSlice(100).dump(await fileSink("first_100.npz"));
 * ```
 */
export class HumanDataDict extends PersonDict<HumanData> {
  /** An empty dict, or one of the members of a record, unchecked. */
  constructor(source?: object, options: DictOptions = {}) {
    super(layout, source, options, ["__instance_num__"]);
  }

  /** Reads an npz or a pickle. */
  static async fromFile(input: Input, options?: LoadDictOptions): Promise<HumanDataDict> {
    return new HumanDataDict().load(input, options);
  }

  /** A dict of the members of a record, unchecked; with `strict`, without those that are not supported. */
  static new(source?: object, { strict = false }: NewOptions = {}): HumanDataDict {
    return new HumanDataDict(source, { strict });
  }

  /**
   * The frames of `first` and then those of the others, uncompressed and not strict. What has no frames is kept of each, as
   * `KEY_0`, `KEY_1`, …; values with frames that only one has get such a name too. Masks keep what is valid in all.
   */
  static concatenate(first: HumanDataDict, ...others: readonly HumanDataDict[]): HumanDataDict {
    return first.concat(others, { constants: "suffix" });
  }

  protected override blank(): HumanDataDict {
    return new HumanDataDict();
  }
}
