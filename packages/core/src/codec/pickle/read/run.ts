import { FormatError } from "../../../errors.js";
import type { Value } from "../../../value/value.js";
import { Op, opcodeName } from "../opcodes.js";
import { Utf8Error } from "../utf8.js";
import { EscapeError } from "./escapes.js";
import { Need, type Wanted } from "./input.js";
import type { Machine } from "./machine.js";
import { NumberError } from "./numbers.js";
import { DATA_OPS } from "./ops-data.js";
import { OBJECT_OPS } from "./ops-objects.js";
import { type Handler, STACK_OPS } from "./ops-stack.js";

/** The newest protocol there is. */
const MAX_PROTOCOL = 5;

const OTHER_OPS: Readonly<Record<number, Handler>> = {
  [Op.PROTO]: (m) => {
    const protocol = m.input.u8();
    if (protocol > MAX_PROTOCOL) throw m.error("unsupported", `pickle protocol ${protocol} is not known`);
  },
  // Frames only tell how much to read ahead.
  [Op.FRAME]: (m) => {
    m.input.u64();
  },
  [Op.STOP]: (m) => {
    m.require(1);
    m.stopped = true;
  },
};

const HANDLERS: readonly Handler[] = Array.from(
  { length: 256 },
  (_, code) => STACK_OPS[code] ?? DATA_OPS[code] ?? OBJECT_OPS[code] ?? OTHER_OPS[code] ?? unknown,
);

function unknown(m: Machine): never {
  throw m.error("corrupt", `${opcodeName(m.opcode)} is unknown`);
}

/**
 * Runs opcodes up to STOP, and gives undefined then, or what is missing to go on. Called again, it repeats the opcode
 * that could not be run. Throws `FormatError`.
 */
export function run(m: Machine): Wanted | undefined {
  const { input } = m;
  try {
    while (!m.stopped) {
      input.opStart = input.base + input.pos;
      const opcode = input.u8();
      m.opcode = opcode;
      (HANDLERS[opcode] as Handler)(m);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Need)) throw asFormatError(m, error);
    input.pos = input.opStart - input.base;
    return error.wanted;
  }
}

/** The object that the stream holds. */
export function result(m: Machine): Value {
  return m.values.finish(m.peek(0));
}

/** What hostile bytes make the platform throw, such as a Map of more than 16 million entries, is a limit of ours. */
function asFormatError(m: Machine, error: unknown): unknown {
  if (error instanceof FormatError) {
    return error.offset === undefined ? m.input.error(error.code, error.reason, m.input.opStart, error) : error;
  }
  if (error instanceof Utf8Error) return notUtf8(m, error.at);
  if (error instanceof EscapeError) return m.error("corrupt", error.message);
  if (error instanceof NumberError) return m.error(error.limit ? "limit" : "corrupt", error.message);
  if (error instanceof RangeError)
    return m.input.error("limit", `${opcodeName(m.opcode)}: ${error.message}`, m.input.opStart, error);
  return error;
}

function notUtf8(m: Machine, at: number): FormatError {
  const { bytes, base, end } = m.input;
  const shown = [...bytes.subarray(at, Math.min(at + 4, end))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join(" ");
  return m.input.error("corrupt", `${opcodeName(m.opcode)} holds bytes ${shown}, not UTF-8`, base + at);
}
