import { writeMsgpack } from "../../codec/msgpack/write/write.js";
import { FormatError } from "../../errors.js";
import type { FieldLayout, Layout, ListLayout, RecordLayout, StructureValidator } from "../../layout/layout.js";
import type { Node } from "../../tree/node.js";
import { elementPath } from "../../value/path.js";
import type { Value } from "../../value/value.js";
import { checkTree } from "../check/check.js";
import { type Encoder, encode } from "../encode.js";
import { NO_SIBLINGS } from "../encoding.js";
import { dereference, memberNames } from "../resolve.js";
import { recordError } from "./errors.js";
import type { RecordWriterOptions } from "./types.js";

/** More makes Python's reader end without a word. */
const MAX_RECORD_BYTES = 100 * 2 ** 20;

type EncodeOptions = Pick<RecordWriterOptions, "signal" | "steps" | "form" | "check">;

/** Makes bytes of records as the schema says. */
export class RecordEncoder {
  readonly #layout: Layout;
  readonly #options: EncodeOptions;
  readonly #encoder: Encoder;

  constructor(layout: Layout, options: EncodeOptions) {
    const { signal, steps, form = "logical" } = options;
    this.#layout = layout;
    this.#options = options;
    this.#encoder = { layout, target: "values", form, steps, boxed: true, options: { signal } };
  }

  /** The exact value that is stored for a record before those that repeat. */
  async lead({ name }: RecordLayout, node: Node): Promise<Value> {
    try {
      return (await encode(this.#encoder, recordField(this.#layout, name), node, NO_SIBLINGS)) as Value;
    } catch (error) {
      throw recordError(error, name);
    }
  }

  /** The bytes of a record among those that repeat. Throws `FormatError` with its number in the path. */
  async bytes(list: RecordLayout, node: Node, index: number): Promise<Uint8Array> {
    try {
      const field = recordField(this.#layout, list.name);
      if (this.#options.check !== "skip") await this.#refuse(list, field, node);
      const value = (await encode(this.#encoder, field, node, NO_SIBLINGS)) as Value;
      return msgpackOf(value);
    } catch (error) {
      throw recordError(error, elementPath(list.name, index));
    }
  }

  async #refuse(list: RecordLayout, field: FieldLayout, node: Node): Promise<void> {
    if (this.#options.check !== "loose") refuseIncomplete(list, dereference(this.#layout, field), node);
    const { form = "logical", signal } = this.#options;
    const { structure, ...rest } = this.#layout;
    const alone = structure && (async () => recordStructure(await structure(), list.name));
    const layout: Layout = { ...rest, root: field, ...(alone && { structure: alone }) };
    const issues = await checkTree(layout, node, { form, depth: "headers", signal });
    const errors = issues.filter(({ severity }) => severity === "error");
    const [first] = errors;
    if (!first) return;
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
    throw new FormatError("unwritable", `${first.message}${more}`, { path: first.path, issues: errors });
  }
}

/** Throws `unwritable` for a value that no record can be, or that is too large to be read. */
export function msgpackOf(value: Value): Uint8Array {
  return writeMsgpack(value, { maxBytes: MAX_RECORD_BYTES });
}

function refuseIncomplete({ writeRequired = [] }: RecordLayout, field: FieldLayout, node: Node): void {
  if (node.kind !== "group" || field.kind !== "object") return;
  const keys = memberNames(field, node.keys).map(([, name]) => name);
  const key = writeRequired.find((name) => !keys.includes(name));
  if (key === undefined) return;
  throw new FormatError("unwritable", `${JSON.stringify(key)} is required to write a record`, { path: key });
}

/** The validator of a whole file as that of one of its records. */
function recordStructure(whole: StructureValidator, name: string): StructureValidator {
  const start = `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}/0`;
  const validate: StructureValidator = (value) => {
    whole({ [name]: [value] });
    const errors = whole.errors ?? [];
    const own = errors.filter(({ instancePath }) => instancePath === start || instancePath.startsWith(`${start}/`));
    validate.errors = own.map((error) => ({ ...error, instancePath: error.instancePath.slice(start.length) }));
    return own.length === 0;
  };
  return validate;
}

/** The field of a record, or of each of those that repeat. Throws `TypeError` when the layout has none. */
export function recordField(layout: Layout, name: string): FieldLayout {
  const root = dereference(layout, layout.root);
  const property = root.kind === "object" ? root.properties[name] : undefined;
  const isList = layout.records?.some((record) => record.name === name && record.repeat);
  const field = isList ? (property as ListLayout | undefined)?.items : property;
  if (!field) throw new TypeError(`layout ${layout.id} has no record ${name}`);
  return field;
}
