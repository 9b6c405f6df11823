import type { OpenContainerOptions } from "../../../engine/container.js";
import { FormatError } from "../../../errors.js";
import type { WorkOptions } from "../../../source/source.js";
import type { GroupNode, Node } from "../../../tree/node.js";
import { memberPath } from "../../../value/path.js";
import { DTypeValue } from "../../../value/value.js";
import { attributesOf } from "./attributes.js";
import { DatasetNode } from "./dataset.js";
import { elementType } from "./datatype.js";
import { type DirectGroup, type DirectObject, readObject, readRoot } from "./direct/object.js";
import { located } from "./failure.js";
import { type H5Filter, type H5Metadata, type H5Type, type H5wasm, OBJECT_KINDS } from "./h5wasm.js";
import type { Place } from "./place.js";
import type { Hdf5Session } from "./session.js";
import { checkVirtual } from "./virtual-dataset.js";

/** Groups in groups, at most. */
const DEEPEST = 128;

/** The root group of an open file. */
export async function rootGroup(session: Hdf5Session, options: OpenContainerOptions = {}): Promise<GroupNode> {
  const place: Place = { session, name: "/", path: "", options };
  const { root } = session;
  const object = root && (await session.direct((file) => readRoot(file, root), { signal: options.signal }));
  if (object?.kind === "group" && root) return new Hdf5Group({ ...place, object }, groupFound(object, root.header), []);
  const found = await session.call("", (module, file) => describeGroup(module, file, "/"), options);
  return new Hdf5Group(place, found, []);
}

/** What there is under a name. */
type Found =
  | { readonly kind: "group"; readonly id: string; readonly keys: readonly string[] }
  | { readonly kind: "dataset"; readonly header: H5Metadata; readonly filters: readonly H5Filter[] }
  | { readonly kind: "datatype"; readonly type: H5Type }
  | { readonly kind: "absent" | "softLink" | "userLink" };

type FoundGroup = Extract<Found, { kind: "group" }>;

function describe(module: H5wasm, file: bigint, name: string): Found {
  switch (module.get_type(file, name)) {
    case OBJECT_KINDS.group:
      return describeGroup(module, file, name);
    case OBJECT_KINDS.dataset:
      return {
        kind: "dataset",
        header: module.get_dataset_metadata(file, name),
        filters: module.get_dataset_filters(file, name),
      };
    case OBJECT_KINDS.datatype:
      return { kind: "datatype", type: module.get_datatype_metadata(file, name) };
    case OBJECT_KINDS.softLink:
      return { kind: "softLink" };
    case OBJECT_KINDS.userLink:
      return { kind: "userLink" };
    default:
      return { kind: "absent" };
  }
}

function describeGroup(module: H5wasm, file: bigint, name: string): FoundGroup {
  const keys = module.get_names(file, name, false);
  return { kind: "group", id: Array.from(module.create_object_reference(file, name)).join(), keys };
}

function groupFound({ links }: DirectGroup, address: number): FoundGroup {
  return { kind: "group", id: idOf(address), keys: [...links.keys()] };
}

class Hdf5Group implements GroupNode {
  readonly kind = "group";
  readonly path: string;
  readonly keys: readonly string[];
  readonly #place: Place;
  /** Which objects this group and those around it are, the root first. */
  readonly #line: readonly string[];
  readonly #names: ReadonlySet<string>;
  #direct: Promise<DirectGroup | undefined> | undefined;

  constructor(place: Place, found: FoundGroup, around: readonly string[]) {
    this.path = place.path;
    this.keys = found.keys;
    this.#names = new Set(found.keys);
    this.#place = place;
    this.#line = [...around, found.id];
  }

  async attributes(options?: WorkOptions): Promise<GroupNode> {
    return attributesOf({ ...this.#place, object: await this.#object(options) }, options);
  }

  /** What the group's header says, where that can be read without the library. */
  #object(options?: WorkOptions): Promise<DirectGroup | undefined> {
    this.#direct ??= directGroup(this.#place, { id: this.#line.at(-1) ?? "", keys: this.keys }, options);
    this.#direct.catch(() => {
      this.#direct = undefined;
    });
    return this.#direct;
  }

  /** A member that can be read without the library. */
  async #directChild(place: Place, key: string, options: WorkOptions): Promise<Node | undefined> {
    const address = (await this.#object(options))?.links.get(key);
    const object = address === undefined ? undefined : await objectAt(place, address, options);
    if (!object || address === undefined) return undefined;
    const at = { ...place, object };
    if (object.kind === "group") return this.#groupOf(at, groupFound(object, address));
    return datasetNode(at, object.header, object.filters);
  }

  async child(key: string, options: WorkOptions = {}): Promise<Node | undefined> {
    if (!this.#names.has(key)) return undefined;
    const path = memberPath(this.path, key);
    if (key === "" || key === "." || key.includes("/"))
      throw new FormatError("corrupt", "no object of HDF5 can have this name", { path });
    const { session, name: own, options: opened } = this.#place;
    const name = own === "/" ? `/${key}` : `${own}/${key}`;
    const place: Place = { session, name, path, options: opened };
    const direct = await this.#directChild(place, key, options);
    if (direct) return direct;
    const found = await session.call(path, (module, file) => describe(module, file, name), options);
    if (found.kind === "dataset" && found.header.virtual_sources)
      await checkVirtual(place, found.header.virtual_sources, options);
    return this.#nodeOf(place, found);
  }

  #nodeOf(place: Place, found: Found): Node {
    const { path } = place;
    switch (found.kind) {
      case "group":
        return this.#groupOf(place, found);
      case "dataset":
        return datasetNode(place, found.header, found.filters);
      case "datatype":
        return { kind: "scalar", path, value: new DTypeValue(elementType(found.type, path).type) };
      case "userLink":
        throw new FormatError("refused", "it is a link to another file", { path });
      default:
        throw new FormatError("missing", "it is a link that leads nowhere", { path });
    }
  }

  #groupOf(place: Place, found: FoundGroup): Node {
    const { path } = place;
    if (this.#line.includes(found.id))
      throw new FormatError("refused", "it leads back to a group that it is in", { path });
    if (this.#line.length >= DEEPEST)
      throw new FormatError("limit", `groups are nested deeper than ${DEEPEST}`, { path });
    return new Hdf5Group(place, found, this.#line);
  }
}

/** What is at an address, where that can be read without the library. */
async function objectAt(
  { session, path }: Place,
  address: number,
  { signal }: WorkOptions,
): Promise<DirectObject | undefined> {
  try {
    return await session.direct((file) => readObject(file, address), { signal });
  } catch (error) {
    throw error instanceof FormatError ? located(error, path) : error;
  }
}

/** Undefined when the library finds other members than the header says. */
async function directGroup(
  place: Place,
  { id, keys }: { readonly id: string; readonly keys: readonly string[] },
  options: WorkOptions = {},
): Promise<DirectGroup | undefined> {
  if (place.object?.kind === "group") return place.object;
  const address = addressOf(id);
  const found = address === undefined ? undefined : await objectAt(place, address, options);
  if (found?.kind !== "group" || found.links.size !== keys.length) return undefined;
  return keys.every((key) => found.links.has(key)) ? found : undefined;
}

/** References to objects are addresses of eight bytes. */
function addressOf(id: string): number | undefined {
  const bytes = id.split(",").map(Number);
  const address = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  return bytes.length === 8 && Number.isSafeInteger(address) ? address : undefined;
}

function idOf(address: number): string {
  return Array.from({ length: 8 }, (_, byte) => Math.floor(address / 256 ** byte) % 256).join();
}

function datasetNode(place: Place, header: H5Metadata, filters: readonly H5Filter[]): Node {
  const { path } = place;
  const { shape, chunks } = header;
  if (shape === null) return { kind: "scalar", path, value: null, attributes: (work) => attributesOf(place, work) };
  if (![...shape, ...(chunks ?? [])].every(Number.isSafeInteger) || chunks?.includes(0))
    throw new FormatError("limit", `its shape (${shape.join(", ")}) is beyond what can be counted`, { path });
  return new DatasetNode(place, { element: elementType(header, path), shape, chunks, filters });
}
