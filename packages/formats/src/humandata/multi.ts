import type { DictOptions, Input, LoadDictOptions } from "@somakit/core";
import { rangesOfCounts, trivialRanges } from "@somakit/core/dict";
import { rangeRows } from "@somakit/core/engine/check";
import { NdArray } from "@somakit/core/ndarray";
import { layout } from "./multi.layout.gen.js";
import type { MultiHumanData } from "./multi.types.gen.js";
import { PersonDict } from "./person-dict.js";

/**
 * MultiHumanData in memory: rows are persons, and row i of `frame_range` says which of them image i shows. Slicing works on
 * images, and counts `frame_range` anew.
 */
export class MultiHumanDataDict extends PersonDict<MultiHumanData> {
  /** An empty dict, or one of the members of a record, unchecked. */
  constructor(source?: object, options: DictOptions = {}) {
    super(layout, source, options, []);
  }

  /** Reads an npz or a pickle; HumanData too, whose images show one person each. */
  static async fromFile(input: Input, options?: LoadDictOptions): Promise<MultiHumanDataDict> {
    return new MultiHumanDataDict().load(input, options);
  }

  /** A dict of the members of a record, unchecked; with `strict`, without those that are not supported. */
  static new(source?: object, { strict = false }: { readonly strict?: boolean | undefined } = {}): MultiHumanDataDict {
    return new MultiHumanDataDict(source, { strict });
  }

  /**
   * One dict of records (or dicts) that hold the persons of one image each, an image without persons too. What does not
   * belong to persons or images must be the same in all. Throws `FormatError` for records that do not go together.
   */
  static fromImages(images: readonly object[]): MultiHumanDataDict {
    const dicts = images.map((image) => {
      const record = image instanceof PersonDict ? Object.fromEntries(image) : image;
      const dict = new MultiHumanDataDict(record);
      const count = dict.sizeOf("N") ?? 0;
      return dict.update({ frame_range: rangesOfCounts([count]), __data_len__: 1, __instance_num__: count });
    });
    const [first = new MultiHumanDataDict(), ...others] = dicts;
    return others.length === 0 ? first : first.concat(others);
  }

  /** The images of `first` and then those of the others; see `HumanDataDict.concatenate`. */
  static concatenate(first: MultiHumanDataDict, ...others: readonly MultiHumanDataDict[]): MultiHumanDataDict {
    return first.concat(others, { constants: "suffix" });
  }

  /** Number of person rows; -1 while it is not known, and to forget it. */
  get instanceNum(): number {
    return this.get("__instance_num__") as number;
  }

  set instanceNum(count: number) {
    this.set("__instance_num__", count);
  }

  /** One image with its persons, negative indices counted from the end. Throws `RangeError` outside. */
  image(index: number): this {
    return this.select([index]);
  }

  /** First person row of an image, and the one after its last. Throws `RangeError` outside. */
  personRows(index: number): readonly [start: number, stop: number] {
    const ranges = this.getRaw("frame_range");
    const rows = ranges instanceof NdArray ? rangeRows(ranges) : [];
    const row = rows.at(index);
    if (!row || !Number.isInteger(index)) throw new RangeError(`image ${index} of ${rows.length}`);
    return row;
  }

  override async load(input: Input, options?: LoadDictOptions): Promise<this> {
    await super.load(input, options);
    const count = this.sizeOf("N");
    if (!this.has("frame_range") && count !== undefined) this.update({ frame_range: trivialRanges(count) });
    return this;
  }

  protected override blank(): MultiHumanDataDict {
    return new MultiHumanDataDict();
  }
}
