import type { Value } from "../../value/value.js";
import { OPEN_LIST, OPEN_OBJECT } from "./lexer.js";

/** An object in a document of which only the keys have been read, so that nothing is made of members that nobody asks for. */
export class StoredObject {
  readonly #members: StoredMembers["members"];
  readonly #bounds: StoredMembers["bounds"];
  readonly #bytes: Uint8Array;
  readonly #read: (start: number, stop: number) => Value;

  /** `read` makes the value between two bounds. It throws `FormatError` where the document is not what it was any more. */
  constructor({ bytes, members, bounds }: StoredMembers, read: (start: number, stop: number) => Value) {
    this.#members = members;
    this.#bounds = bounds;
    this.#bytes = bytes;
    this.#read = read;
  }

  get keys(): string[] {
    return [...this.#members.keys()];
  }

  /** The value of a member; undefined where there is none. */
  member(key: string): Value | undefined {
    const at = this.#members.get(key);
    return at === undefined ? undefined : this.#valueAt(at);
  }

  /** The same for a single value; undefined for lists and objects, which are not read. */
  single(key: string): Value | undefined {
    const at = this.#members.get(key);
    if (at === undefined) return undefined;
    const first = this.#bytes[this.#bounds[at] as number];
    return first === OPEN_LIST || first === OPEN_OBJECT ? undefined : this.#valueAt(at);
  }

  /** All of it. */
  value(): Map<Value, Value> {
    const all = new Map<Value, Value>();
    for (const [key, at] of this.#members) all.set(key, this.#valueAt(at));
    return all;
  }

  #valueAt(at: number): Value {
    return this.#read(this.#bounds[at] as number, this.#bounds[at + 1] as number);
  }
}

/** Where the members of an object are in bytes. */
export interface StoredMembers {
  readonly bytes: Uint8Array;
  /** Where the bounds of each member begin; of a key that comes twice the place of the first, and the value of the last. */
  readonly members: ReadonlyMap<string, number>;
  /** The first byte of each value, and the one behind it. */
  readonly bounds: readonly number[];
}
