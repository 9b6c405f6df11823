import type { DictMessages, Refusal } from "@somakit/core";
import { plainMessages } from "@somakit/core/dict";
import { NdArray } from "@somakit/core/ndarray";
import { NumpyScalar, Tuple } from "@somakit/core/value";

/** mmhuman3d's own words, so that its users, and tools that read its log, recognise them. */
export const messages: DictMessages = {
  unsupported: (title, key) =>
    `${key} is absent in ${title}.SUPPORTED_KEYS.\nIgnore this if you know exactly what you are doing.\n` +
    "Otherwise, Call self.set_key_strict(True) to avoid wrong keys.\n",

  refused(refusal) {
    const { key, value, issue } = refusal;
    if (issue.code === "missing") return undefined;
    if (issue.code === "type" && issue.path === key)
      return `Type check Failed:\nkey=${key}\ntype(val)=${classOf(value)}\nexpected type=${expectedClass(refusal)}\n`;
    if (issue.code === "shape")
      return `Shape check Failed:\nkey=${key}\nval.shape=${issue.actual}\nexpected shape=${wildcards(issue.expected)}\n`;
    if (issue.code === "symbol") return lengthMessage(refusal);
    return plainMessages.refused(refusal);
  },

  locked: () => "Mask cannot be modified in keypoints_compressed mode.",

  maskMissing(key, mask, doing) {
    if (doing === "pack") return undefined;
    return doing === "set"
      ? `Mask for ${key} has not been set. Please set ${mask} before compression.`
      : `Mask for ${key} has not been found.Please remove ${key} before decompression.`;
  },
};

/** Where several persons share an image, rows are instances. */
function lengthMessage({ layout, key, issue }: Refusal): string {
  const [check, name] =
    layout.title === "MultiHumanData" ? ["Data length", "instance_num"] : (["Temporal", "data_len"] as const);
  return `${check} check Failed:\nkey=${key}\nval's ${name}=${issue.actual}\nexpected ${name}=${issue.expected}\n`;
}

/** `(Any, Any, 3)` of `(N, J2, 3)`. */
function wildcards(shape = ""): string {
  return shape.replace(", ...", ",").replaceAll(/[A-Za-z*]\w*/g, "Any");
}

/** The class that Python has for a value, as it prints it. */
function classOf(value: unknown): string {
  if (value === null) return "<class 'NoneType'>";
  if (value instanceof NdArray) return "<class 'numpy.ndarray'>";
  if (value instanceof NumpyScalar) return `<class 'numpy.${value.type.name}'>`;
  if (value instanceof Tuple) return "<class 'tuple'>";
  if (Array.isArray(value)) return "<class 'list'>";
  if (value instanceof Set) return "<class 'set'>";
  if (value instanceof Uint8Array) return "<class 'bytes'>";
  switch (typeof value) {
    case "string":
      return "<class 'str'>";
    case "boolean":
      return "<class 'bool'>";
    case "bigint":
      return "<class 'int'>";
    case "number":
      return Number.isInteger(value) ? "<class 'int'>" : "<class 'float'>";
    default:
      return "<class 'dict'>";
  }
}

const SCALARS: Readonly<Record<string, string>> = { string: "str", integer: "int", number: "float", boolean: "bool" };

function expectedClass({ field }: Refusal): string {
  if (field?.kind === "array") return "<class 'numpy.ndarray'>";
  if (field?.kind === "list" || (field?.kind === "any" && field.is === "list")) return "<class 'list'>";
  return field?.kind === "scalar" ? `<class '${SCALARS[field.types[0] ?? ""]}'>` : "<class 'dict'>";
}
