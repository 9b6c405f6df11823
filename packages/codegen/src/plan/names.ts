/** Words that cannot name a variable, and `then`, which would make a promise of the module that exports it. */
const RESERVED_WORDS =
  "arguments as async await break case catch class const continue debugger default delete do else enum eval export extends " +
  "false finally for from function get if implements import in instanceof interface let new null of package private " +
  "protected public return set static super switch then this throw true try type typeof undefined var void while with yield";

/** What generated files use under these names, imported or global. */
const USED_TYPES =
  "Array ArrayLike BigInt Boolean CheckOptions ConcatOptions Convention ConventionEntry Date Error FileAccessor FolderInput FolderSink FrameRange " +
  "FramesOptions Function GroupAccessor Infinity Input Issue IterableIterator Layout ListAccessor ListFileAccessor LoadOptions Location " +
  "Map NaN NdArray Number Object OpenOptions Promise ReadFileOptions Readonly ReadonlyMap Record RecordFileAccessor RecordLead RecordReader " +
  "RecordWriter RecordWriterOptions RegExp RegistryEntry " +
  "SelectOptions Set Shape ShuffleOptions Sink SplitOptions String StructureValidator Symbol UpgradeOptions Upgraded Value " +
  "WriteOptions";

/** Members of core's accessor of a group, and those that JavaScript gives a meaning of its own (`then` makes a promise). */
const GROUP_MEMBERS = "path exists keys get unchecked read node load need group list constructor then prototype";
/** What core's accessor of a file has besides. */
const FILE_MEMBERS = "check close layout slice select frames";

/** What core's accessor of a file of records has besides the members of a group. */
const RECORD_FILE_MEMBERS = "check close layout records";

export const RESERVED_VARIABLES: ReadonlySet<string> = new Set(RESERVED_WORDS.split(" "));
export const RESERVED_TYPES: ReadonlySet<string> = new Set(USED_TYPES.split(" "));
export const RESERVED_GROUP_MEMBERS: ReadonlySet<string> = new Set([
  ...GROUP_MEMBERS.split(" "),
  ...Object.getOwnPropertyNames(Object.prototype),
]);
export const RESERVED_FILE_MEMBERS: ReadonlySet<string> = new Set([
  ...RESERVED_GROUP_MEMBERS,
  ...FILE_MEMBERS.split(" "),
]);
export const RESERVED_RECORD_FILE_MEMBERS: ReadonlySet<string> = new Set([
  ...RESERVED_GROUP_MEMBERS,
  ...RECORD_FILE_MEMBERS.split(" "),
]);

/** Hands out every name once; a name that is taken or reserved gets as many `$` at its end as it takes. */
export class Names {
  readonly #taken: Set<string>;

  constructor(reserved: Iterable<string> = []) {
    this.#taken = new Set(reserved);
  }

  take(wanted: string): string {
    let name = wanted;
    while (this.#taken.has(name)) name += "$";
    this.#taken.add(name);
    return name;
  }

  /** Takes `name` if it is free; tells whether it was. */
  takeFree(name: string): boolean {
    if (this.#taken.has(name)) return false;
    this.#taken.add(name);
    return true;
  }
}

/**
 * Names for `keys`, in order: each its own where possible. Keys that are free keep theirs first, so that a key `path$` is
 * not renamed by a reserved `path`.
 */
export function memberNames(keys: readonly string[], reserved: ReadonlySet<string>): ReadonlyMap<string, string> {
  const names = new Names(reserved);
  const chosen = new Map(keys.filter((key) => !reserved.has(key)).map((key) => [key, names.take(key)]));
  return new Map(keys.map((key) => [key, chosen.get(key) ?? names.take(key)]));
}

/** `keypoints2d_mask` → `Keypoints2dMask`. Empty when the text has neither letters nor digits. */
export function pascalCase(text: string): string {
  const words = text.match(/[\p{L}\p{N}$]+/gu) ?? [];
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

/** `openpose_body_25` → `openposeBody25`. */
export function camelCase(text: string): string {
  const name = pascalCase(text);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** `text` as an identifier: with a leading `_` where it would begin with a digit or be empty. */
export function identifier(text: string): string {
  return /^[\p{L}$_]/u.test(text) ? text : `_${text}`;
}
