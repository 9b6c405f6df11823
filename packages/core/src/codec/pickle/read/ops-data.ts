import { float } from "../../../value/value.js";
import { Op, opcodeName } from "../opcodes.js";
import { plainBytes } from "./blob.js";
import { COST } from "./cost.js";
import { unescapeText, unquote } from "./escapes.js";
import type { Machine } from "./machine.js";
import { NumberError, parseFloatText, parseInteger, parseLong } from "./numbers.js";
import { type Handler, store } from "./ops-stack.js";
import { Blob } from "./slots.js";
import { isEncodeArgument, TAKEN_FROM, takeEncoded } from "./taken-text.js";

/** Opcodes that push a constant, a number, text or bytes. */
export const DATA_OPS: Readonly<Record<number, Handler>> = {
  [Op.NONE]: (m) => m.push(null),
  [Op.NEWTRUE]: (m) => m.push(true),
  [Op.NEWFALSE]: (m) => m.push(false),
  [Op.BININT]: (m) => m.push(m.input.i32()),
  [Op.BININT1]: (m) => m.push(m.input.u8()),
  [Op.BININT2]: (m) => m.push(m.input.u16()),
  [Op.LONG1]: (m) => long(m, m.input.u8()),
  [Op.LONG4]: (m) => long(m, m.input.i32()),
  [Op.BINFLOAT]: (m) => m.push(float(m.input.f64())),
  [Op.INT]: (m) => {
    const line = textLine(m);
    m.push(line === "01" ? true : line === "00" ? false : parseInteger(line));
  },
  [Op.LONG]: (m) => m.push(parseInteger(textLine(m).replace(/L$/, ""))),
  [Op.FLOAT]: (m) => m.push(float(parseFloatText(textLine(m)))),

  [Op.SHORT_BINUNICODE]: (m) => unicode(m, m.input.u8()),
  [Op.BINUNICODE]: (m) => unicode(m, m.input.u32()),
  [Op.BINUNICODE8]: (m) => unicode(m, m.input.u64()),
  [Op.UNICODE]: unicodeLine,
  [Op.SHORT_BINSTRING]: (m) => eightBit(m, m.input.u8()),
  [Op.BINSTRING]: (m) => eightBit(m, m.input.i32()),
  [Op.STRING]: stringLine,

  [Op.SHORT_BINBYTES]: (m) => bytes(m, m.input.u8()),
  [Op.BINBYTES]: (m) => bytes(m, m.input.u32()),
  [Op.BINBYTES8]: (m) => bytes(m, m.input.u64()),
  [Op.BYTEARRAY8]: (m) => bytes(m, m.input.u64(), true),
  [Op.NEXT_BUFFER]: nextBuffer,
  [Op.READONLY_BUFFER]: (m) => {
    m.require(1);
    const blob = m.peek(0);
    if (!(blob instanceof Blob)) throw m.error("corrupt", "READONLY_BUFFER of something that is no buffer");
    const frozen = new Blob(blob.home, blob.at, blob.length, blob.encoding);
    m.replace(1, frozen);
  },

  [Op.PUT]: (m) => store(m, index(m)),
  [Op.GET]: (m) => m.push(m.get(index(m))),
};

/** The rest of the line as text, for numbers: they are short. */
function textLine(m: Machine): string {
  const line = m.input.line();
  if (line.length > 8192) throw new NumberError(`number of ${line.length} characters`, true);
  return m.text.readLatin1(line);
}

function index(m: Machine): number {
  const line = textLine(m);
  if (!/^\d{1,15}$/.test(line))
    throw m.error("corrupt", `${opcodeName(m.opcode)} of ${JSON.stringify(line.slice(0, 40))}`);
  return Number(line);
}

function long(m: Machine, length: number): void {
  const { input } = m;
  if (length < 0) throw m.error("corrupt", `LONG4 length ${length}`);
  input.require(length, opcodeName(m.opcode));
  const value = parseLong(input.bytes.subarray(input.pos, input.pos + length));
  input.pos += length;
  m.push(value);
}

function unicode(m: Machine, length: number): void {
  const { input } = m;
  if (length >= TAKEN_FROM && isEncodeArgument(m) && takeEncoded(m, length, 0, "utf8")) return;
  input.require(length, opcodeName(m.opcode));
  const end = input.pos + length;
  const text = m.text.read(input.bytes, input.pos, end);
  input.pos = end;
  m.push(text);
}

function unicodeLine(m: Machine): void {
  const { input } = m;
  const start = input.pos;
  const line = input.line();
  if (line.length >= TAKEN_FROM && isEncodeArgument(m)) {
    input.pos = start;
    if (takeEncoded(m, line.length, 1, "escape")) return;
    input.pos = start + line.length + 1;
  }
  m.push(unescapeText(line));
}

/** A string of Python 2: text, unless it is in a place where array data is. */
function eightBit(m: Machine, length: number): void {
  const { input } = m;
  if (length < 0) throw m.error("corrupt", `BINSTRING length ${length}`);
  const isData = m.wantsArrayData();
  if (isData || m.textMode === "bytes") {
    const blob = m.payloads.take(input, length, opcodeName(m.opcode));
    blob.eightBit = isData && m.textMode !== "bytes";
    m.charge(COST.object);
    m.push(blob);
    return;
  }
  input.require(length, opcodeName(m.opcode));
  const text = m.eightBitText(input.bytes.subarray(input.pos, input.pos + length));
  input.pos += length;
  m.push(text);
}

function stringLine(m: Machine): void {
  const bytes = unquote(m.input.line());
  const isData = m.wantsArrayData();
  if (!isData && m.textMode !== "bytes") {
    m.push(m.eightBitText(bytes));
    return;
  }
  const blob = new Blob(bytes.slice(), 0, bytes.length, "raw");
  blob.eightBit = isData && m.textMode !== "bytes";
  m.charge(COST.object);
  m.push(blob);
}

function bytes(m: Machine, length: number, mutable = false): void {
  const blob = m.payloads.take(m.input, length, opcodeName(m.opcode));
  blob.mutable = mutable;
  m.charge(COST.object);
  m.push(blob);
}

function nextBuffer(m: Machine): void {
  if (!m.buffers)
    throw m.error("refused", "NEXT_BUFFER: the data is in a buffer outside the stream, and none were given");
  const buffer = m.buffers[m.buffersUsed];
  if (!buffer) throw m.error("corrupt", `NEXT_BUFFER: only ${m.buffers.length} buffers were given`);
  m.buffersUsed++;
  const blob = new Blob(plainBytes(buffer), 0, buffer.byteLength, "raw");
  blob.mutable = true;
  m.push(blob);
}
