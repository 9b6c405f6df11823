/** What an allowed global is for. `class` is one that the caller listed: read as a record, never called. */
export type GlobalKind =
  | "reconstruct"
  | "frombuffer"
  | "scalar"
  | "ndarray"
  | "dtype"
  | "encode"
  | "reconstructor"
  | "class"
  | "bool"
  | "bytearray"
  | "bytes"
  | "complex"
  | "defaultdict"
  | "dict"
  | "float"
  | "frozenset"
  | "int"
  | "list"
  | "object"
  | "ordereddict"
  | "range"
  | "set"
  | "slice"
  | "str"
  | "tuple";

const BUILTINS: readonly (readonly [string, GlobalKind])[] = [
  ["bool", "bool"],
  ["bytearray", "bytearray"],
  ["bytes", "bytes"],
  ["complex", "complex"],
  ["dict", "dict"],
  ["float", "float"],
  ["frozenset", "frozenset"],
  ["int", "int"],
  ["list", "list"],
  ["long", "int"],
  ["object", "object"],
  ["range", "range"],
  ["set", "set"],
  ["slice", "slice"],
  ["str", "str"],
  ["tuple", "tuple"],
  ["unicode", "str"],
  ["xrange", "range"],
];

/** Names that data files need. Whole names only: `numpy.load` or `builtins.eval` are a short way to running code. */
const ALLOWED: ReadonlyMap<string, GlobalKind> = new Map<string, GlobalKind>([
  ["numpy.core.multiarray\n_reconstruct", "reconstruct"],
  ["numpy._core.multiarray\n_reconstruct", "reconstruct"],
  ["numpy.core.multiarray\nscalar", "scalar"],
  ["numpy._core.multiarray\nscalar", "scalar"],
  ["numpy.core.numeric\n_frombuffer", "frombuffer"],
  ["numpy._core.numeric\n_frombuffer", "frombuffer"],
  ["numpy\nndarray", "ndarray"],
  ["numpy\ndtype", "dtype"],
  ["_codecs\nencode", "encode"],
  ["collections\nOrderedDict", "ordereddict"],
  ["collections\ndefaultdict", "defaultdict"],
  ["copyreg\n_reconstructor", "reconstructor"],
  ["copy_reg\n_reconstructor", "reconstructor"],
  ...BUILTINS.flatMap(([name, kind]): (readonly [string, GlobalKind])[] => [
    [`builtins\n${name}`, kind],
    [`__builtin__\n${name}`, kind],
  ]),
]);

/** What `module.name` is for; undefined when it is not to be touched. `classes` holds further names as `module.name`. */
export function globalKind(module: string, name: string, classes: ReadonlySet<string>): GlobalKind | undefined {
  const kind = ALLOWED.get(`${module}\n${name}`);
  if (kind !== undefined) return kind;
  return !name.includes(".") && classes.has(`${module}.${name}`) ? "class" : undefined;
}

/** Why a global that is not on the list is refused. */
export function refusal(module: string, name: string): string {
  const full = `${printable(module)}.${printable(name)}`;
  if (/^torch(\.|$)/.test(module))
    return `refused: ${full}: this is a model or result file with torch objects, not data`;
  if (name.includes(".")) return `refused: ${full} walks attributes`;
  return `refused: ${full} is not on the list of names that data files need`;
}

function printable(text: string): string {
  const cut = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return /^[\x20-\x7e…]*$/.test(cut) ? cut : JSON.stringify(cut);
}
