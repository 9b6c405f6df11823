import type { FormatError } from "@somakit/core";
import { endsLine, LineReader, MAX_LINE, type Place } from "./line-reader.js";

/** Joints of a Kinect skeleton. */
export const JOINTS = 25;
/** Numbers of a joint. */
export const JOINT_COLUMNS = 12;
/** Numbers of a body behind its id. */
const BODY_COLUMNS = 9;
/** Those of a body that are not whole. */
const [LEAN_X, LEAN_Y] = [6, 7];

/** Gets what a scanner finds, in the order of the text. */
export interface BodyHandler {
  /** A frame begins; `bodies` calls of `body` follow. */
  frame(bodies: number): void;
  /** `columns` and `joints` (25 rows) are filled anew for the next body: keep copies. */
  body(id: bigint, columns: Float64Array, joints: Float64Array | Float32Array): void;
}

export interface ScanOptions {
  /** What messages call the text. */
  readonly name: string;
  /** Bytes of the text, where known: counts that it cannot hold are refused at once. */
  readonly byteLength: number | undefined;
  /**
   * `all`: every number, as float64, and nothing else on the lines. `positions`: ids, and x, y, z as float32; the rest of
   * each line is not looked at.
   */
  readonly columns: "all" | "positions";
}

/** Bytes of the shortest text of a frame, and of a body with all numbers or with those that are looked at. */
const FRAME_BYTES = "0\n".length;
const BODY_BYTES = {
  all: 2 * (1 + BODY_COLUMNS) + "25\n".length + JOINTS * 2 * JOINT_COLUMNS,
  positions: "0\n25\n".length + JOINTS * "0 0 0\n".length,
};

type State = "frames" | "bodies" | "body" | "joints" | "joint" | "end";

const WANTED: Readonly<Record<State, string>> = {
  frames: "the number of frames",
  bodies: "the number of bodies of a frame",
  body: "a body",
  joints: "the number of joints",
  joint: "a joint",
  end: "nothing",
};

/**
 * Takes a skeleton text piece by piece. Holds an unfinished line and one body; nothing is allocated by what a count says.
 *
 * As upstream reads it: lines end with LF, CRLF or CR; empty lines at the end are dropped (a line of blanks is not empty);
 * numbers are what Python's `float` takes, NaN included, but for underscores and digits of other scripts.
 */
export class SkeletonScanner {
  readonly #options: ScanOptions;
  readonly #handler: BodyHandler;
  readonly #reader: LineReader;
  readonly #columns: Float64Array = new Float64Array(BODY_COLUMNS);
  readonly #joints: Float64Array | Float32Array;
  #state: State = "frames";
  #framesLeft = 0;
  #bodiesLeft = 0;
  #id = 0n;
  #joint = 0;
  /** The first empty line: an error unless only empty ones follow. */
  #empty: Place | undefined;
  /** The start of a line whose end is to come. */
  #rest: Uint8Array = new Uint8Array(0);

  constructor(handler: BodyHandler, options: ScanOptions) {
    this.#options = options;
    this.#handler = handler;
    this.#reader = new LineReader(options.name);
    this.#joints = options.columns === "all" ? new Float64Array(JOINTS * JOINT_COLUMNS) : new Float32Array(JOINTS * 3);
  }

  /** Throws `FormatError`: `not-this-format`, `corrupt`, `truncated`, `limit`. */
  push(piece: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? piece : joined(this.#rest, piece);
    const end = wholeLines(bytes);
    this.#scan(bytes.subarray(0, end));
    // A copy: pieces are valid until the next one is asked for.
    this.#rest = bytes.slice(end);
    if (this.#rest.length > MAX_LINE) throw this.#reader.error("limit", `a line of more than ${MAX_LINE} bytes`);
  }

  /** The text has ended. */
  end(): void {
    if (this.#rest.length > 0) this.#scan(joined(this.#rest, Uint8Array.of(10)));
    this.#rest = new Uint8Array(0);
    if (this.#state !== "end")
      throw this.#reader.error("truncated", `the text ends where ${WANTED[this.#state]} should be`, this.#empty);
  }

  #scan(lines: Uint8Array): void {
    const reader = this.#reader;
    reader.region(lines);
    while (!reader.done) {
      if (reader.atLineEnd) {
        this.#empty ??= { offset: reader.offset, line: reader.line };
        reader.skipLine();
      } else {
        if (this.#empty) throw this.#unexpected(this.#empty, "an empty line");
        this.#line();
      }
    }
  }

  #line(): void {
    switch (this.#state) {
      case "frames":
        this.#framesLeft = this.#count(FRAME_BYTES);
        this.#nextFrame();
        break;
      case "bodies":
        this.#framesLeft--;
        this.#bodiesLeft = this.#count(BODY_BYTES[this.#options.columns]);
        this.#handler.frame(this.#bodiesLeft);
        this.#nextBody();
        break;
      case "body":
        this.#body();
        this.#state = "joints";
        break;
      case "joints":
        this.#jointCount();
        break;
      case "joint":
        this.#jointLine();
        break;
      case "end":
        throw this.#unexpected(this.#reader, "a line behind the last frame");
    }
  }

  #nextFrame(): void {
    this.#state = this.#framesLeft > 0 ? "bodies" : "end";
  }

  #nextBody(): void {
    if (this.#bodiesLeft > 0) this.#state = "body";
    else this.#nextFrame();
  }

  /** A count of things of which each takes `bytes` at least; the last line may lack its end. */
  #count(bytes: number): number {
    const reader = this.#reader;
    const place = { offset: reader.offset, line: reader.line };
    const count = reader.whole();
    if (count === undefined || !reader.endLine()) throw this.#unexpected(place);
    const left = (this.#options.byteLength ?? Number.POSITIVE_INFINITY) - reader.offset;
    if (count * bytes - 1 > left) {
      const reason = `${WANTED[this.#state]} is ${count}, which takes ${count * bytes - 1} bytes, ${left} are left`;
      throw reader.error("truncated", reason, place);
    }
    return count;
  }

  #body(): void {
    const reader = this.#reader;
    const place = { offset: reader.offset, line: reader.line };
    const id = reader.wide();
    if (id === undefined) throw this.#unexpected(place, "no id");
    this.#id = id;
    if (this.#options.columns === "positions") {
      reader.skipLine();
      return;
    }
    for (let column = 0; column < BODY_COLUMNS; column++)
      this.#columns[column] = column === LEAN_X || column === LEAN_Y ? reader.float() : reader.integer();
    if (!reader.endLine()) throw reader.error("corrupt", `more than ${1 + BODY_COLUMNS} numbers of a body`);
  }

  #jointCount(): void {
    const reader = this.#reader;
    const place = { offset: reader.offset, line: reader.line };
    const count = reader.whole();
    if (count === undefined || !reader.endLine()) throw this.#unexpected(place);
    if (count !== JOINTS) throw reader.error("corrupt", `a body of ${count} joints, not ${JOINTS}`, place);
    this.#state = "joint";
    this.#joint = 0;
  }

  #jointLine(): void {
    const reader = this.#reader;
    const joints = this.#joints;
    if (this.#options.columns === "positions") {
      const at = 3 * this.#joint;
      joints[at] = reader.float();
      joints[at + 1] = reader.float();
      joints[at + 2] = reader.float();
      reader.skipLine();
    } else {
      const at = JOINT_COLUMNS * this.#joint;
      const state = at + JOINT_COLUMNS - 1;
      for (let column = at; column < state; column++) joints[column] = reader.float();
      joints[state] = reader.integer();
      if (!reader.endLine()) throw reader.error("corrupt", `more than ${JOINT_COLUMNS} numbers of a joint`);
    }
    if (++this.#joint < JOINTS) return;
    this.#handler.body(this.#id, this.#columns, joints);
    this.#bodiesLeft--;
    this.#nextBody();
  }

  #unexpected(place: Place, found = "something else"): FormatError {
    const code = this.#state === "frames" ? "not-this-format" : "corrupt";
    const reason =
      this.#state === "end" ? "there is more behind the last frame" : `${found} where ${WANTED[this.#state]} should be`;
    return this.#reader.error(code, reason, place);
  }
}

/** Where the last whole line ends. A CR at the very end may be half of a line's end. */
function wholeLines(bytes: Uint8Array): number {
  let end = bytes.length;
  if (bytes[end - 1] === 13) end--;
  while (end > 0 && !endsLine(bytes[end - 1] as number)) end--;
  return end;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
