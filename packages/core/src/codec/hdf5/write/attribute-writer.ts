import { FormatError } from "../../../errors.js";
import { dtype } from "../../../ndarray/dtype.js";
import { memberPath } from "../../../value/path.js";
import type { Value } from "../../../value/value.js";
import { arrayOf } from "../../npz/coerce.js";
import { datatypeMessage } from "./datatype.js";
import { type AttributeParts, attribute, dataspaceBody, type Message } from "./messages.js";
import type { Output } from "./output.js";
import { storedElements, storedType, typeToWrite } from "./stored-array.js";

/** Attributes of an object that is being written. */
export class AttributeWriter {
  readonly #output: Output;
  readonly #path: string;
  readonly #attributes = new Map<string, AttributeParts>();

  constructor(output: Output, path: string) {
    this.#output = output;
    this.#path = path;
  }

  /** Sets an attribute; where a name is set again, its first position and its last value count. */
  async set(name: string, value: Value): Promise<void> {
    const path = `${this.#path}@${memberPath("", name)}`;
    if (name === "" || name.includes("\0"))
      throw new FormatError("unwritable", "no attribute can have this name", { path });
    this.#attributes.set(name, { name, ...(await this.#parts(value, path)) });
  }

  async #parts(value: Value, path: string): Promise<Omit<AttributeParts, "name">> {
    if (value === null) return { ...nothing(), data: new Uint8Array(0) };
    const array = arrayOf(value);
    return {
      datatype: storedType(typeToWrite(array), path).message,
      dataspace: dataspaceBody(array.shape),
      data: await storedElements(this.#output, array, path),
    };
  }

  messages(): Message[] {
    return [...this.#attributes.values()].map(attribute);
  }
}

/** What h5py calls `Empty`: no elements at all, of a type that does not matter. */
export function nothing(): { readonly datatype: Uint8Array; readonly dataspace: Uint8Array } {
  return { datatype: datatypeMessage(dtype("<f4"), ""), dataspace: dataspaceBody(null) };
}
