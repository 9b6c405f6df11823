import { Op } from "../opcodes.js";
import type { Machine } from "../read/machine.js";
import { WholePayloads } from "../read/payloads.js";
import { compileRecord } from "./compile.js";
import { RecordMatcher } from "./match.js";
import type { RecordPlan } from "./plan.js";
import { RecordRows } from "./rows.js";

/** Lists have records of few kinds: with and without scores, named in a split or not. */
const MAX_PLANS = 6;
/** Plans that did not help end the search for more; each of so many records that they were for allows another one. */
const FREE_PLANS = 16;
const RECORDS_PER_PLAN = 16;

/** Where a dict started that is run opcode by opcode. */
interface Begun {
  readonly at: number;
  readonly memoSize: number;
  readonly top: number;
}

/**
 * Dicts that are the items of one list are nearly alike. So in lazy reading a plan is made of each that is run opcode by
 * opcode, and those like it are read at once: compared with the plan, which takes a fraction of the time, and kept as rows
 * of columns in place of objects, until somebody wants them. The result is the same. (Where all objects are wanted, making
 * them is what takes the time, and a plan saves nothing.)
 */
export class RecordTaker {
  readonly #m: Machine;
  readonly #matcher: RecordMatcher;
  readonly #plans: RecordPlan[] = [];
  /** The rows of each plan that records are added to. */
  readonly #rows = new Map<RecordPlan, RecordRows>();
  #begun: Begun | undefined;
  #compiled = 0;
  #taken = 0;

  constructor(m: Machine) {
    this.#m = m;
    this.#matcher = new RecordMatcher(m);
  }

  /** Whether any slot may be a record that is not a dict yet. */
  get any(): boolean {
    return this.#taken > 0;
  }

  /** Reads the dict that was just begun, and those behind it, if they are like others before; else changes nothing. */
  take(): boolean {
    const m = this.#m;
    if (!m.lazy || !m.memoIsDense || !Array.isArray(m.belowMark())) return false;
    this.#learn();
    for (const [index, plan] of this.#plans.entries()) {
      const count = this.#follow(plan);
      if (count === 0) continue;
      if (index > 0) this.#plans.unshift(...this.#plans.splice(index, 1));
      return true;
    }
    const { opStart } = m.input;
    this.#begun = { at: opStart, memoSize: m.memoSize, top: m.top };
    return false;
  }

  /** What plans know of the memo holds no more: an entry was stored anew, or changed. */
  forget(): void {
    this.#plans.length = 0;
    this.#rows.clear();
    this.#begun = undefined;
  }

  /** Makes a plan of the dict before this one. */
  #learn(): void {
    const { input, top } = this.#m;
    const begun = this.#begun;
    this.#begun = undefined;
    const isNext = begun && begun.top === top - 1 && begun.at >= input.base + input.first;
    if (!isNext || this.#compiled > FREE_PLANS + this.#taken / RECORDS_PER_PLAN) return;
    this.#compiled++;
    const bytes = input.bytes.subarray(begun.at - input.base, input.opStart - input.base);
    const plan = compileRecord(this.#m, bytes, begun.memoSize);
    if (!plan) return;
    this.#plans.unshift(plan);
    if (this.#plans.length > MAX_PLANS) this.#rows.delete(this.#plans.pop() as RecordPlan);
  }

  /** Takes records of a plan as long as there are any in the window; how many there were. */
  #follow(plan: RecordPlan): number {
    const m = this.#m;
    const { input } = m;
    let count = 0;
    for (;;) {
      const rows = this.#rowsOf(plan);
      const end = this.#matcher.match(rows);
      if (end < 0) break;
      this.#keep(rows);
      count++;
      this.#taken++;
      input.pos = end;
      if (end >= input.end || input.bytes[end] !== Op.EMPTY_DICT) return count;
      input.opStart = input.base + end;
      input.pos = end + 1;
    }
    // The opcode of the dict that is another one is read once more.
    if (count > 0) input.pos--;
    return count;
  }

  #rowsOf(plan: RecordPlan): RecordRows {
    const m = this.#m;
    const known = this.#rows.get(plan);
    if (known?.continuesAt(m.memoSize)) return known;
    const rows = new RecordRows(m, plan, m.payloads instanceof WholePayloads ? m.input.bytes : undefined);
    this.#rows.set(plan, rows);
    return rows;
  }

  /** The record stays a row. */
  #keep(rows: RecordRows): void {
    const m = this.#m;
    const { plan } = rows;
    m.charge(plan.cost);
    for (const array of plan.arrays) m.chargeCopy(this.#matcher.needed(rows, array));
    m.memoizeRows(rows, plan.memo.length);
    m.push(rows.add());
  }
}
