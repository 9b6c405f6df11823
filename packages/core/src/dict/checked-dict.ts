import { type CheckOptions, checkTree } from "../engine/check/check.js";
import { concatWith } from "../engine/select/concat.js";
import type {
  ConcatOptions,
  FrameRange,
  FramesOptions,
  SelectOptions,
  ShuffleOptions,
  SplitOptions,
} from "../engine/select/options.js";
import { framesWith, selectWith, sliceWith } from "../engine/select/slice.js";
import { shuffleWith, splitWith } from "../engine/select/split.js";
import { type WriteOptions, writeWith } from "../engine/write.js";
import { IssueError } from "../errors.js";
import type { Issue } from "../issues.js";
import type { Input } from "../source/input.js";
import type { Sink } from "../source/source.js";
import type { Node } from "../tree/node.js";
import { nodeOfValue } from "../tree/value-node.js";
import { verifySizes, warnUnsupported } from "./assign.js";
import { objectOf, recordOf, takeRecord } from "./content.js";
import { copyValue } from "./copy.js";
import { inferSizes } from "./infer.js";
import { ItemDict } from "./item-dict.js";
import { type LoadedRecord, loadFile, recordOfTree } from "./load.js";
import type { Form, LoadDictOptions } from "./options.js";

/**
 * A data set in memory as an ordered dict whose values are checked against the schema when they are set; with all that can
 * be done with its frames, and its way from and into files.
 *
 * Errors are `IssueError`s that name key, rule and what was found; nothing has changed when one is thrown.
 */
export class CheckedDict<T extends object> extends ItemDict<T> {
  /** An empty dict of the same kind. Classes made of this one give one of their own. */
  protected blank(): CheckedDict<T> {
    return new CheckedDict<T>(this.layout, undefined, {}, this.traits);
  }

  /**
   * Part of the data along its frames, as Python slices. Packed stays packed; arrays are views unless `copy` is set.
   *
   * This and the methods below follow the sizes of the dict: a supported array of another length is an `IssueError`, other
   * values that do not fit are kept whole, unless `mismatches` says what to do about all.
   */
  slice(range: FrameRange, options?: SelectOptions): this {
    return this.#derived(sliceWith(this.layout, this.#sound(options), range, lenient(options)));
  }

  /** The frames at `indices`, in that order, or those that a test is true for. */
  select(indices: ArrayLike<number> | ((index: number) => boolean), options?: SelectOptions): this {
    return this.#derived(selectWith(this.layout, this.#sound(options), indices, lenient(options)));
  }

  /** Consecutive parts: of so many frames each, or of such fractions of all; shuffled before with `seed`. */
  split(parts: readonly number[], options?: SplitOptions): this[] {
    return splitWith(this.layout, this.#sound(options), parts, lenient(options)).map((part) => this.#derived(part));
  }

  /** All frames in an order that `seed` alone decides. */
  shuffle(options: ShuffleOptions): this {
    return this.#derived(shuffleWith(this.layout, this.#sound(options), lenient(options)));
  }

  /** One dict after another with `batch` frames each, 1 when left out. */
  *frames(options?: FramesOptions): IterableIterator<this> {
    for (const part of framesWith(this.layout, this.#sound(options), lenient(options))) yield this.#derived(part);
  }

  /** This dict and then `others` as one: unpacked, not strict, with this one's keys first. */
  concat(others: readonly this[], options?: ConcatOptions): this {
    const dicts = [this, ...others];
    const records = dicts.map((dict) => {
      dict.#sound(options);
      return recordOf({ ...dict.content, strict: false, packed: false }, dict.entries());
    });
    const result = this.#derived(concatWith(this.layout, records, lenient(options)), { quiet: true });
    // Names that are new say that a value was not joined; those of constants are as expected.
    const joined = (key: string): boolean => dicts.every((dict) => dict.has(key) || dict.has(key.replace(/_\d+$/, "")));
    warnUnsupported(
      result.content,
      this.voice(),
      [...result.keys()].filter((key) => !joined(key)),
    );
    return result;
  }

  /** A dict of its own with the same values; arrays and all that can be changed in them copied. */
  clone(): this {
    return this.#derived(copyValue(this.#record()));
  }

  /** The dict as a plain object, state keys first: in logical form what reading a file of it gives. */
  toRecord({ form = "logical" }: { readonly form?: Form } = {}): T {
    return objectOf(form === "stored" ? this.#record() : recordOf(this.content, this.entries())) as T;
  }

  /** What is wrong with the dict as a whole, by the schema. */
  check(options?: CheckOptions): Promise<readonly Issue[]> {
    return checkTree(this.layout, nodeOfValue(this.#record()), { ...options, form: "stored" });
  }

  /** Writes the dict, packed as it is, with all state keys; see `write` of its data set. */
  async write(sink: Sink, options?: Omit<WriteOptions, "form">): Promise<void> {
    inferSizes(this.content);
    await writeWith(this.layout, sink, this.#record(), { ...options, form: "stored" });
  }

  /** Reads a file and merges it into the dict: packed when the file is, outdated forms brought up to date. */
  async load(input: Input, { checks, ...options }: LoadDictOptions = {}): Promise<this> {
    return this.#merge(await loadFile(this.content.rules, input, options), checks);
  }

  /** The same for a tree, such as that of a value which another reader delivered (`nodeOfValue`). */
  async loadTree(node: Node, { checks }: Pick<LoadDictOptions, "checks"> = {}): Promise<this> {
    return this.#merge(await recordOfTree(this.content.rules, node), checks);
  }

  async #merge({ record, added }: LoadedRecord, checks: LoadDictOptions["checks"] = "skip"): Promise<this> {
    for (const key of this.traits.dropped ?? []) delete record[key];
    if (checks !== "skip") await this.#examine(record, checks);
    const next = this.draft();
    takeRecord(next, record);
    inferSizes(next, { required: true });
    this.content = next;
    warnUnsupported(next, this.voice(), added);
    return this;
  }

  async #examine(record: object, checks: "report" | "refuse"): Promise<void> {
    const issues = await checkTree(this.layout, nodeOfValue(record), { form: "stored" });
    const [first, ...more] = issues.filter(({ severity }) => severity === "error");
    if (checks === "refuse" && first) throw new IssueError([first, ...more]);
    for (const issue of issues) {
      const level = issue.severity === "info" ? "info" : "warning";
      this.voice().log({ level, message: `${issue.path}: ${issue.message}`, issue });
    }
  }

  /** State keys and items as stored. */
  #record(): ReadonlyMap<string, unknown> {
    return recordOf(this.content);
  }

  /** The stored record with its sizes known, which all supported arrays agree with. */
  #sound({ mismatches }: Pick<SelectOptions, "mismatches"> = {}): ReadonlyMap<string, unknown> {
    inferSizes(this.content, { required: true });
    if (mismatches === undefined) verifySizes(this.content);
    return this.#record();
  }

  /** A dict of this one's class that holds a stored record, with a word on keys that nobody was warned of. */
  #derived(record: object, { quiet = false }: { readonly quiet?: boolean } = {}): this {
    const dict = this.blank() as this;
    dict.logger = this.logger;
    dict.take(record, "stored");
    if (!quiet) warnUnsupported(dict.content, dict.voice(), dict.keys());
    return dict;
  }
}

/** Sizes were looked at before: what does not fit any, unsupported as it is, stays whole. */
function lenient<O extends Pick<SelectOptions, "mismatches">>(options: O | undefined): O {
  return { mismatches: "keep", ...options } as O;
}
