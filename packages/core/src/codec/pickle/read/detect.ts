import { FormatError } from "../../../errors.js";
import { isOpcode, Op } from "../opcodes.js";

const SIGNATURES: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ["gzip data", [0x1f, 0x8b]],
  ["zip archive (npz, or a torch file)", [0x50, 0x4b, 0x03, 0x04]],
  ["zip archive (npz, or a torch file)", [0x50, 0x4b, 0x05, 0x06]],
  ["HDF5 file", [0x89, 0x48, 0x44, 0x46]],
  ["PNG image", [0x89, 0x50, 0x4e, 0x47]],
  ["npy array", [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]],
  ["xz data", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["bzip2 data", [0x42, 0x5a, 0x68]],
  ["zstd data", [0x28, 0xb5, 0x2f, 0xfd]],
  [
    "Git LFS pointer, the file itself was not fetched",
    [..."version https://git-lfs"].map((letter) => letter.charCodeAt(0)),
  ],
];

/** What a file that is no pickle is instead, as far as its first bytes tell. */
function foreign(head: Uint8Array): string | undefined {
  const signature = SIGNATURES.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte));
  if (signature) return signature[0];
  const text = String.fromCharCode(...head.subarray(0, 64)).replace(/^\xef\xbb\xbf/, "");
  if (/^\s*[{[]\s*(["\d{[\]}tfn-]|$)/.test(text)) return "JSON text";
  if (/^\s*<[!?a-zA-Z]/.test(text)) return "XML or HTML text";
  return undefined;
}

/** Throws `FormatError` when a file that starts with `head` cannot be a pickle, and says what it is. */
export function checkHead(head: Uint8Array, path?: string): void {
  const where = { path, offset: 0 };
  if (head.length === 0) throw new FormatError("truncated", "not a pickle: the file is empty", where);
  const other = foreign(head);
  if (other !== undefined) throw new FormatError("not-this-format", `not a pickle: ${other}`, where);
  const first = head[0] as number;
  if (isOpcode(first)) return;
  throw new FormatError(
    "not-this-format",
    `not a pickle: no opcode is 0x${first.toString(16).padStart(2, "0")}`,
    where,
  );
}

/** What can follow MARK at the start of a protocol 0 or 1 pickle. */
const AFTER_MARK: ReadonlySet<number> = new Set([
  ...[Op.LIST, Op.DICT, Op.TUPLE, Op.MARK, Op.GLOBAL, Op.INT, Op.LONG, Op.FLOAT, Op.STRING, Op.UNICODE, Op.NONE],
  ...[Op.EMPTY_LIST, Op.EMPTY_DICT, Op.EMPTY_TUPLE, Op.BININT, Op.BININT1, Op.BININT2, Op.BINFLOAT, Op.BINUNICODE],
  ...[Op.SHORT_BINSTRING, Op.BINSTRING],
]);

/** Whether a file that starts with `head` may be a pickle. Protocols 0 and 1 have no signature: their usual starts count. */
export function looksLikePickle(head: Uint8Array): boolean {
  const [first, second = -1, third = -1] = head;
  if (first === undefined || foreign(head) !== undefined) return false;
  if (first === Op.PROTO) return second >= 2 && second <= 5 && (head.length === 2 || isOpcode(third));
  if (first === Op.MARK) return AFTER_MARK.has(second);
  if (first === Op.EMPTY_LIST || first === Op.EMPTY_DICT || first === Op.EMPTY_TUPLE) return isOpcode(second);
  const text = String.fromCharCode(...head.subarray(0, 200));
  return /^(c[\w.]+\n[\w.]+\n|[IL]-?\d+L?\n|F[-+.\deinfa]+\n|S(['"]).*\2\n|V[^\n]*\np\d+\n|N\.|K[\s\S]\.|J[\s\S]{4}\.)/.test(
    text,
  );
}
