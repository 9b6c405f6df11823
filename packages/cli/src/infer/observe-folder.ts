import type { ContainerCodec, FolderNode, Source, WorkOptions } from "@somakit/core";
import { isFormatError } from "@somakit/core/errors";
import { exr, npy, npz, pickle, png, strictJson } from "@somakit/core/gen/v1";
import { type Family, familiesOf, freeKey, isFamily, pluralOf } from "./families.js";
import { mergeAll } from "./merge.js";
import { type Counter, countNode, observe } from "./observe.js";
import { holdsAnything, type Member, type Numbered, type Place, type Seen, type SeenObject } from "./seen.js";

/** What files of a folder are by their ending; files of other endings are bytes. */
const MEDIA: Readonly<Record<string, readonly [media: string, codec?: ContainerCodec]>> = {
  json: ["application/json", strictJson],
  png: ["image/png", png],
  exr: ["image/x-exr", exr],
  npy: ["application/x-npy", npy],
  npz: ["application/x-npz", npz],
  pkl: ["application/x-pickle", pickle],
  pickle: ["application/x-pickle", pickle],
  jpg: ["image/jpeg"],
  jpeg: ["image/jpeg"],
  mp4: ["video/mp4"],
  csv: ["text/csv"],
  txt: ["text/plain"],
};
const BYTES = "application/octet-stream";

/** So many files of one ending and form, whatever their names, are members by their names. */
const MANY = 4;
/** Fewer folders with names of their own are different things. */
const FEWEST_NAMED = 3;
/** Folders of folders deeper than that are not looked into. */
const DEEPEST = 16;

/** What a folder holds: headers of its files, contents of its documents. */
export async function observeFolder(root: FolderNode, options: WorkOptions): Promise<SeenObject> {
  return new FolderObserver(options).folder(root, 0);
}

/** The folder that is meant: of one that holds nothing but another folder, that one. */
export async function contentFolder(root: FolderNode, options: WorkOptions): Promise<FolderNode> {
  let at = root;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const [only, ...others] = at.keys;
    const inner =
      only === undefined || others.length > 0 || /\d$/.test(only) ? undefined : await at.descend(only, options);
    if (!inner) return at;
    at = inner;
  }
  return at;
}

type Members = Map<string, Member>;

class FolderObserver {
  readonly #options: WorkOptions;
  readonly #counter: Counter = { count: 0 };

  constructor(options: WorkOptions) {
    this.#options = options;
  }

  async folder(node: FolderNode, depth: number): Promise<SeenObject> {
    countNode(this.#counter, node.path);
    const members: Members = new Map();
    const patterns = new Map<string, Seen>();
    const names = (kind: "file" | "folder"): string[] =>
      node.keys.filter((name) => node.entries.get(name)?.kind === kind).sort();
    const files = new Map<string, Seen>();
    for (const name of names("file")) files.set(name, await this.#file(node, name));
    addFiles(files, members, patterns);
    const folders = new Map<string, SeenObject>();
    for (const name of depth < DEEPEST ? names("folder") : []) {
      const inner = await node.descend(name, this.#options);
      if (inner) folders.set(name, await this.folder(inner, depth + 1));
    }
    addFolders(folders, members);
    return { kind: "object", count: 1, members, ...(patterns.size > 0 && { patterns }) };
  }

  /** A file as what is in it; as bytes when that cannot be read. */
  async #file(node: FolderNode, name: string): Promise<Seen> {
    const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
    const [media, codec] = Object.hasOwn(MEDIA, ending) ? (MEDIA[ending] ?? [BYTES]) : [BYTES];
    if (!codec) return bytesOf(media);
    const source = await node.folder.open(node.pathOf(name));
    try {
      return await this.#content(source, media, codec);
    } catch (error) {
      // A file that is not what its name says is somebody else's.
      if (isFormatError(error) && error.code !== "limit") return bytesOf(BYTES);
      throw error;
    } finally {
      await source.close?.();
    }
  }

  async #content(source: Source, media: string, codec: ContainerCodec): Promise<Seen> {
    const container = codec.kind === "png" || codec.kind === "exr" ? "image" : codec.kind;
    const root = await codec.open(source, this.#options);
    const seen = await observe(root, { ...this.#options, container, counter: this.#counter });
    const channels = media === "image/x-exr" ? channelsOf(seen) : undefined;
    const file = { media, ...channels?.place };
    // The value of a file is never wrapped once more.
    return { ...(channels?.seen ?? seen), as: undefined, place: { file } };
  }
}

function bytesOf(media: string): Seen {
  return { kind: "anything", place: { file: { media } } };
}

const COLOURS = ["R", "G", "B", "A"];

/** The array that the channels of an image are together, where they are of one type. */
function channelsOf(seen: Seen): { readonly seen: Seen; readonly place: Place } | undefined {
  if (seen.kind !== "object") return undefined;
  const names = [...seen.members.keys()].sort((a, b) => COLOURS.indexOf(a) - COLOURS.indexOf(b) || (a < b ? -1 : 1));
  const merged = mergeAll([...seen.members.values()].map((member) => member.seen));
  const [shape, ...others] = merged?.kind === "array" ? merged.shapes : [];
  if (merged?.kind !== "array" || !shape || merged.dtypes.length > 1) return undefined;
  if (others.length === 0) return { seen: merged, place: { channel: names } };
  if (others.some((other) => String(other) !== String(shape))) return undefined;
  return { seen: { ...merged, shapes: [[...shape, names.length]] }, place: { channels: names } };
}

/** Numbered files are lists, many alike are members by their names, others members of their own. */
function addFiles(files: ReadonlyMap<string, Seen>, members: Members, patterns: Map<string, Seen>): void {
  const rest = new Map(files);
  for (const family of familiesOf([...files.keys()], 1)) {
    const { rule, names } = family;
    const isAlone = names.length === 1 && rule.pad < 2 && !(rule.prefix === "" && rule.suffix.startsWith("."));
    const items = isAlone ? undefined : merged(names, files);
    if (!items) continue;
    for (const name of names) rest.delete(name);
    if (rule.gaps) patterns.set(patternOf(rule), items);
    else addList(members, family, items);
  }
  for (const [ending, names] of byEnding([...rest.keys()])) {
    const items = names.length < MANY ? undefined : merged(names, files);
    if (!items || (items.kind === "object" && !isAlike(items))) continue;
    for (const name of names) rest.delete(name);
    patterns.set(`${escaped(`.${ending}`)}$`, items);
  }
  for (const [name, seen] of rest) {
    const stem = name.replace(/(?<=.)\.[^.]*$/, "");
    const key = members.has(stem) ? freeKey(name.replaceAll(".", "_"), (taken) => members.has(taken)) : stem;
    const { file } = seen.place as { file: object };
    members.set(key, { seen: { ...seen, place: { file: { path: name, ...file } } }, where: [0] });
  }
}

/** Numbered folders are lists, others alike are lists by their names, others members of their own. */
function addFolders(folders: ReadonlyMap<string, SeenObject>, members: Members): void {
  const rest = new Map(folders);
  for (const family of familiesOf([...folders.keys()], 1)) {
    if (!isFamily(family)) continue;
    const items = merged(family.names, folders);
    if (items?.kind !== "object") continue;
    for (const name of family.names) rest.delete(name);
    addList(members, family, items);
  }
  const named = rest.size < FEWEST_NAMED ? undefined : merged([...rest.keys()], rest);
  if (named && isAlike(named)) {
    const key = freeKey("folders", (name) => members.has(name));
    members.set(key, { seen: { kind: "list", lengths: [rest.size], items: named, isNamed: true }, where: [0] });
    return;
  }
  for (const [name, seen] of rest) {
    const key = freeKey(name, (taken) => members.has(taken));
    members.set(key, { seen: { ...onlyList(seen), place: { folder: name } }, where: [0] });
  }
}

function addList(members: Members, { rule, names }: Family, items: Seen): void {
  const key = freeKey(pluralOf(rule), (name) => members.has(name));
  members.set(key, { seen: { kind: "list", lengths: [names.length], items, numbered: rule }, where: [0] });
}

/** What all of them are; undefined when they are too different. */
function merged(names: readonly string[], all: ReadonlyMap<string, Seen>): Seen | undefined {
  const seen = mergeAll(names.map((name) => all.get(name) as Seen));
  if (!seen) return undefined;
  const isBytes = names.every((name) => all.get(name)?.kind === "anything");
  return seen.place === undefined && names.some((name) => all.get(name)?.place)
    ? undefined
    : isBytes || !holdsAnything(seen)
      ? seen
      : undefined;
}

/** Whether folders have more in common than not. */
function isAlike(seen: Seen): boolean {
  if (seen.kind !== "object") return false;
  const shared = [...seen.members.values()].filter(({ where }) => where.length === seen.count).length;
  return shared * 2 >= seen.members.size && (shared > 0 || (seen.patterns?.size ?? 0) > 0);
}

/** A folder that holds nothing but one list is that list. */
function onlyList(seen: SeenObject): Seen {
  const [only, ...others] = seen.members.values();
  const isList = only?.seen.kind === "list" && others.length === 0 && !seen.patterns && !only.seen.place;
  return isList ? (only?.seen as Seen) : seen;
}

function byEnding(names: readonly string[]): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of names) {
    const ending = /\.([^.]+)$/.exec(name)?.[1];
    if (ending !== undefined) found.set(ending, [...(found.get(ending) ?? []), name]);
  }
  return found;
}

function patternOf({ prefix, suffix, pad }: Numbered): string {
  return `^${escaped(prefix)}[0-9]${pad > 0 ? `{${pad},}` : "+"}${escaped(suffix)}$`;
}

/** A text as an expression (flag `u`) that matches it. */
export function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
