import { asGroup } from "../../engine/decode.js";
import { NO_SIBLINGS } from "../../engine/encoding.js";
import { unlessNone } from "../../engine/exact.js";
import { later } from "../../engine/later.js";
import { indexItems } from "../../engine/list-index.js";
import type { OpenFile } from "../../engine/open.js";
import { asBox, concrete, dereference, memberField, memberNames } from "../../engine/resolve.js";
import { SymbolScope } from "../../engine/scope.js";
import { type FormatError, isFormatError } from "../../errors.js";
import type { FieldLayout, Layout, ListLayout, ObjectLayout } from "../../layout/layout.js";
import type { WorkOptions } from "../../source/source.js";
import type { GroupNode, ListNode, Node } from "../../tree/node.js";
import { elementPath, memberPath } from "../../value/path.js";
import { drawableOf, isPerKeypoint, kindOf, type Track, trackOf } from "./array.js";
import type { Drawable } from "./drawable.js";
import { TakenItems } from "./items.js";
import { Leads } from "./leads.js";
import { framesOfList, merged } from "./lists.js";
import type { DrawablePlace } from "./place.js";
import { holdsPoints, pointOf, pointSets } from "./point-set.js";

export interface FindDrawablesOptions extends WorkOptions {
  /**
   * Which item of a list that is not drawn as a whole: its position, or its name, where the schema says what items are
   * known by; the key of one of many alike in a dict. Default: the first.
   */
  readonly item?: string | number | undefined;
  /** A path that leads through lists: of those, the item that it names is taken. */
  readonly path?: string | undefined;
}

/** What of a file can be drawn. */
export interface FoundDrawables {
  readonly drawables: readonly Drawable[];
  /** Whether the schema knows of anything that can be drawn, here or in other files. */
  readonly possible: boolean;
  /** What could not be looked at. */
  readonly problems: readonly FormatError[];
  /** Paths of the list items that were taken out of several. */
  readonly items: readonly string[];
}

const reading = later(() => import("./motion.js"));

/**
 * What of a file can be drawn, in the order of the file, by what its schema says: arrays with an axis of keypoints or vertices,
 * and images; where there is none of these, the keypoints of people who move (`motion`), of one sequence. Reads headers and small values only. Of lists of records one item is looked into; lists of people, of frames, and of
 * pieces that know their own frame numbers count as one. Throws `RangeError` for an item that there is not.
 */
export async function findDrawables(file: OpenFile, options: FindDrawablesOptions = {}): Promise<FoundDrawables> {
  const finder = new Finder(file, options);
  const place: DrawablePlace = {
    file,
    path: "",
    exact: "",
    scope: undefined,
    dims: new Map(),
    object: undefined,
    siblings: NO_SIBLINGS,
  };
  const drawables = await finder.visit(file.layout.root, file.root, place);
  finder.checkItem();
  const { possible, problems, items } = finder;
  if (drawables.length > 0 || problems.length > 0) return { drawables, possible, problems, items };
  // What is no array is drawn by the part that it plays in people who move.
  const { motionDrawables } = await reading();
  const moving = await motionDrawables(file, options);
  return { ...moving, possible: possible || moving.possible, problems };
}

class Finder {
  readonly possible: boolean;
  readonly problems: FormatError[] = [];
  readonly #items: TakenItems;
  readonly #options: FindDrawablesOptions;
  readonly #leads: Leads;

  constructor(file: OpenFile, options: FindDrawablesOptions) {
    this.#options = options;
    this.#items = new TakenItems(options.item);
    this.#leads = new Leads(file.layout);
    this.possible = this.#leads.somewhere(file.layout.root);
  }

  get items(): readonly string[] {
    return this.#items.paths;
  }

  /** Throws `RangeError` when an item was asked for, and nothing has any. */
  checkItem(): void {
    const { item } = this.#options;
    if (item !== undefined && this.possible && !this.#items.used) throw new RangeError(noList(item));
  }

  async visit(field: FieldLayout, node: Node, place: DrawablePlace): Promise<readonly Drawable[]> {
    if (!this.#leads.somewhere(field)) return [];
    const target = concrete(place.file.layout, field, node);
    if (target.kind === "object" && (node.kind === "group" || asBox(node)))
      return this.#object(target, await asGroup({ options: this.#options }, node), place);
    if (target.kind === "list" && node.kind === "list") return this.#list(target, node, place);
    const track = await this.#track(target, node, place);
    return track ? this.#drawn(track, []) : [];
  }

  async #track(field: FieldLayout, node: Node, place: DrawablePlace): Promise<Track | undefined> {
    if (field.kind !== "array" && field.kind !== "sparse") return undefined;
    return trackOf(place, field, node, this.#options);
  }

  async #object(object: ObjectLayout, group: GroupNode, outer: DrawablePlace): Promise<readonly Drawable[]> {
    const { layout } = outer.file;
    const scope = SymbolScope.inside(layout, object, group, outer.scope);
    const dims = object.dims ? new Map([...outer.dims, ...Object.entries(object.dims)]) : outer.dims;
    const found: (Drawable | Track)[] = [];
    const whole = !this.#leadsInto(object, group, outer);
    if (whole)
      await this.#attempt(async () => void found.push(...(await pointSets(object, group, outer, this.#options))));
    for (const [name, key] of this.#members(object, group, outer)) {
      if (whole && this.#isInSet(object, key)) continue;
      const place = {
        ...outer,
        path: memberPath(outer.path, key),
        exact: memberPath(outer.exact, key),
        scope,
        dims,
        object,
        siblings: { key: name, group },
      };
      await this.#attempt(async () => {
        const node = await group.child(name, this.#options).then((child) => child && unlessNone(child, this.#options));
        const field = memberField(object, key)?.field;
        if (!node || !field || !this.#leads.somewhere(field)) return;
        const target = concrete(layout, field, node);
        const track = await this.#track(target, node, place);
        if (track) found.push(track);
        else found.push(...(await this.visit(field, node, place)));
      });
    }
    const tracks = found.filter((item) => "axes" in item);
    const drawables: Drawable[] = [];
    for (const item of found) {
      if (!("axes" in item)) drawables.push(item);
      else await this.#attempt(async () => void drawables.push(...(await this.#drawn(item, tracks))));
    }
    return drawables;
  }

  async #drawn(track: Track, beside: readonly Track[]): Promise<readonly Drawable[]> {
    const kind = kindOf(track);
    return kind ? [await drawableOf(track, kind, confidenceOf(track, beside), this.#options)] : [];
  }

  /** Stored names and keys of members; of many alike, whose keys are their names, only the one that is asked for. */
  #members(
    object: ObjectLayout,
    group: GroupNode,
    { exact }: DrawablePlace,
  ): readonly (readonly [name: string, key: string])[] {
    const members = memberNames(object, group.keys);
    const alike = members.filter(([, key]) => this.#isItem(object, key));
    if (alike.length < 2) return members;
    const { path = "" } = this.#options;
    const taken =
      alike.find(([, key]) => leadsThrough(path, memberPath(exact, key))) ??
      (this.#items.isFor(exact) ? alike.find(([, key]) => key === String(this.#options.item)) : alike[0]);
    if (!taken) throw new RangeError(noItem(this.#options.item, exact, alike.length));
    this.#items.use(exact);
    this.#items.take(exact, memberPath(exact, taken[1]));
    return members.filter((member) => member === taken || !alike.includes(member));
  }

  /** Whether the path that is asked for leads to a member. */
  #leadsInto(object: ObjectLayout, group: GroupNode, { exact }: DrawablePlace): boolean {
    const { path = "" } = this.#options;
    return memberNames(object, group.keys).some(([, key]) => leadsThrough(path, memberPath(exact, key)));
  }

  /** Whether a member's points are those of the dict around it: no need to look at it by itself. */
  #isInSet(object: ObjectLayout, key: string): boolean {
    const field = memberField(object, key)?.field;
    return field !== undefined && !field.place && holdsPoints(this.#leads.layout, field);
  }

  #isItem(object: ObjectLayout, key: string): boolean {
    const member = memberField(object, key);
    if (member && (pointOf(this.#leads.layout, member.field) || this.#isInSet(object, key))) return false;
    return member !== undefined && member.by !== "property" && this.#leads.isRecord(member.field);
  }

  async #list(field: ListLayout, list: ListNode, place: DrawablePlace): Promise<readonly Drawable[]> {
    const chosen = indexIn(this.#options.path, place.exact);
    if (chosen !== undefined) return this.#item(field, list, chosen, place);
    const role = typeof field.length === "string" ? place.dims.get(field.length)?.role : undefined;
    if (list.length === 0) return [];
    // Inside of a list that is drawn as a whole nothing is chosen.
    const inside = new Finder(place.file, { ...this.#options, item: undefined });
    const open = (index: number): Promise<readonly Drawable[]> => inside.#item(field, list, index, all(place));
    const first = await open(0);
    if (role === "frame" || isStreamed(place)) {
      this.problems.push(...inside.problems);
      return framesOfList(list.length, first, open);
    }
    if (role === "person" || first.some(({ absolute }) => absolute)) {
      const items: (readonly Drawable[])[] = [first];
      for (let at = 1; at < list.length; at++) items.push(await open(at));
      this.problems.push(...inside.problems);
      return merged(items);
    }
    return this.#item(field, list, await this.#chosen(field, list, place), place);
  }

  async #item(field: ListLayout, list: ListNode, index: number, place: DrawablePlace): Promise<readonly Drawable[]> {
    const item = field.prefix[index] ?? field.items;
    if (item === false || !this.#leads.somewhere(item)) return [];
    if (!(index >= 0 && index < list.length)) throw new RangeError(noItem(index, place.exact, list.length));
    const node = await list.child(index, this.#options);
    const path = place.path.endsWith("[]") ? place.path : elementPath(place.path, index);
    const exact = elementPath(place.exact, index);
    return this.visit(item, node, { ...place, path, exact, object: undefined, siblings: NO_SIBLINGS });
  }

  /** The position of the item that is asked for, else 0. Throws `RangeError` when there is none. */
  async #chosen(field: ListLayout, list: ListNode, place: DrawablePlace): Promise<number> {
    const several = list.length > 1;
    const index = this.#items.isFor(place.exact) ? await this.#wanted(field, list, place) : undefined;
    if (index === undefined && several && this.#items.isFor(place.exact))
      throw new RangeError(noItem(this.#options.item, place.exact, list.length));
    // A single one is taken as it is: the item may be one of a list below.
    if (index !== undefined) this.#items.use(place.exact);
    if (several) this.#items.take(place.exact, elementPath(place.exact, index ?? 0));
    return index ?? 0;
  }

  /** The position of the item that is asked for; undefined when it is none of this list. */
  async #wanted(field: ListLayout, list: ListNode, { file }: DrawablePlace): Promise<number | undefined> {
    const { item = 0 } = this.#options;
    const key = typeof item === "string" ? nameKey(field, file.layout) : undefined;
    if (key !== undefined && field.items !== false) {
      const { items } = field;
      const indexed = { layout: file.layout, list, itemField: () => items };
      const [found] = (await indexItems(indexed, key, this.#options)).get(item) ?? [];
      if (found !== undefined) return found;
    }
    const index = Number(item);
    const at = index < 0 ? index + list.length : index;
    return Number.isInteger(at) && at >= 0 && at < list.length ? at : undefined;
  }

  /** One member that cannot be read must not hide the others. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isFormatError(error)) throw error;
      this.problems.push(error);
    }
  }
}

/** Whether a list is the records that a file is a stream of, which are its frames. */
function isStreamed({ file, exact }: DrawablePlace): boolean {
  return file.layout.records?.some(({ name, repeat }) => repeat && name === exact) === true;
}

function noList(item: string | number): string {
  return `there is no item ${JSON.stringify(item)}`;
}

/** The place of all items of a list. */
function all(place: DrawablePlace): DrawablePlace {
  return { ...place, path: `${place.path}[]` };
}

function noItem(item: string | number | undefined, path: string, length: number): string {
  return `there is no item ${JSON.stringify(item)} in ${path || "the file"}, which has ${length}`;
}

/** The member of items that names them: one that is unique, or the name that the container has for each. */
function nameKey({ unique, items }: ListLayout, layout: Layout): string | undefined {
  if (unique !== undefined || items === false) return unique;
  const item = dereference(layout, items);
  const members = item.kind === "object" ? Object.entries(item.properties) : [];
  return members.find(([, { place }]) => place?.kind === "name" || place?.kind === "number")?.[0];
}

/** The position in a list that a path goes through. */
function indexIn(path: string | undefined, list: string): number | undefined {
  if (!path?.startsWith(`${list}[`)) return undefined;
  const index = /^\[(-?\d+)\]/.exec(path.slice(list.length))?.[1];
  return index === undefined ? undefined : Number(index);
}

function leadsThrough(path: string, member: string): boolean {
  return path === member || path.startsWith(`${member}.`) || path.startsWith(`${member}[`);
}

/** The array beside keypoints that has one share, and nothing else, for each of them. */
function confidenceOf({ field, shape }: Track, tracks: readonly Track[]): Track | undefined {
  const wanted = shape.slice(0, -1);
  return tracks.find(
    (track) =>
      isPerKeypoint(track) &&
      track.field.unit === "ratio" &&
      track.shape.length === wanted.length &&
      track.shape.every((size, axis) => size === wanted[axis] && track.field.shape[axis] === field.shape[axis]),
  );
}
