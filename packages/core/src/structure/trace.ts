import type { StructureError } from "../layout/recognise.js";
import { step } from "./rule.js";

/** What a rule has to say where it is broken. */
export interface Breach {
  /** Pointer of the rule in the schema, from the root or from the part it belongs to: `#/$defs/Pose/required`. */
  readonly rule: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** Where in a value a check is, and what it has found. */
export class Trace {
  readonly errors: StructureError[] = [];
  readonly #keys: string[] = [];

  enter(key: string | number): void {
    this.#keys.push(String(key));
  }

  leave(): void {
    this.#keys.pop();
  }

  /** Notes what is wrong with the value at the current place. Is false, as the rule's answer is. */
  add({ rule, keyword, params, message }: Breach): false {
    const instancePath = this.#keys.map(step).join("");
    this.errors.push({ instancePath, schemaPath: rule, keyword, params, message });
    return false;
  }
}
