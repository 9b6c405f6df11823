import { Part } from "../read/array-parts.js";
import { COST } from "../read/cost.js";
import type { Calls } from "./compile-calls.js";
import type { ArrayDraft, BlobDraft, Draft, Token } from "./draft.js";
import { noPlan } from "./no-plan.js";
import { type ArrayPart, type BlobPart, type DictPart, type RecordPart, type RecordPlan, Step } from "./plan.js";

/** What following the opcodes of a record has led to. */
export interface Drafts {
  readonly bytes: Uint8Array;
  readonly tokens: readonly Token[];
  readonly memo: readonly Draft[];
  readonly calls: Calls;
}

/** The plan for records like the one that was followed. */
export function finishPlan(root: Draft, drafts: Drafts): RecordPlan {
  const columns = giveColumns(drafts.tokens);
  const parts = new Parts();
  const dict = parts.of(root) as DictPart;
  const keys = [...dict.entries.keys()];
  const { calls } = drafts;
  const memo = drafts.memo.map((draft) => parts.of(calls.roles.get(draft)?.array ?? draft));
  return {
    ...programOf(drafts),
    ...columns,
    blobs: parts.blobs.toSorted((a, b) => a.column - b.column),
    arrays: parts.arrays,
    root: dict,
    keys: keys.every((key) => typeof key === "string") ? keys : undefined,
    parts: parts.count,
    memo,
    roles: drafts.memo.map((draft) => calls.roles.get(draft)?.role ?? Part.array),
    callee: calls.callee,
    filler: calls.filler,
    cost: parts.cost,
  };
}

/** Numbers the columns of what differs from record to record. */
function giveColumns(tokens: readonly Token[]): Pick<RecordPlan, "numbers" | "floats" | "texts"> {
  let [numbers, floats, texts, blobs] = [0, 0, 0, 0];
  for (const token of tokens) {
    if (token.fixed) continue;
    if (token.step === Step.number) token.column = numbers++;
    else if (token.step === Step.float) token.column = floats++;
    else if (token.step === Step.text || token.step === Step.knownText) token.column = texts++;
    else if (token.step >= Step.bytes) token.column = blobs++;
  }
  return { numbers, floats, texts };
}

/** The steps: what is the same in neighbouring opcodes becomes one comparison. */
function programOf({ bytes, tokens }: Drafts): Pick<RecordPlan, "steps" | "literals" | "opStarts"> {
  const steps: number[] = [];
  const literals: number[] = [];
  const opStarts: number[] = [];
  let from = -1;
  const endLiteral = (): void => {
    if (from >= 0) steps.push(Step.literal, from, literals.length);
    from = -1;
  };
  for (const { step, start, end, place, fixed, column } of tokens) {
    if (!fixed) {
      endLiteral();
      steps.push(step, step === Step.put || step === Step.local ? place : column, 0);
      continue;
    }
    if (from < 0) from = literals.length;
    for (let i = start; i < end; i++) {
      literals.push(bytes[i] as number);
      opStarts.push(i === start ? 1 : 0);
    }
  }
  endLiteral();
  return {
    steps: Int32Array.from(steps),
    literals: Uint8Array.from(literals),
    opStarts: Uint8Array.from(opStarts),
  };
}

/** Makes each part once, however often it is used. */
class Parts {
  readonly #made = new Map<Draft, RecordPart>();
  readonly blobs: BlobPart[] = [];
  readonly arrays: ArrayPart[] = [];
  count = 0;
  cost = 0;

  of(draft: Draft): RecordPart {
    const known = this.#made.get(draft);
    if (known) return known;
    const part = this.#make(draft);
    this.#made.set(draft, part);
    return part;
  }

  #make(draft: Draft): RecordPart {
    const id = this.count++;
    switch (draft.kind) {
      case "constant":
        return { kind: "constant", id, value: draft.value };
      case "varying":
        if (draft.token.fixed) return { kind: "constant", id, value: draft.value };
        return { kind: draft.of, id, column: draft.token.column };
      case "tuple":
      case "list": {
        this.cost += draft.kind === "list" ? COST.list : COST.tuple + 8 * draft.items.length;
        return { kind: draft.kind, id, items: draft.items.map((item) => this.of(item)) };
      }
      case "dict": {
        this.cost += COST.dict;
        const entries = new Map([...draft.entries].map(([key, item]) => [key, this.of(item)] as const));
        return { kind: "dict", id, entries };
      }
      case "blob":
        this.cost += COST.object;
        return this.#blob(draft, id);
      case "array":
        return this.#array(draft, id);
      default:
        return noPlan();
    }
  }

  #blob({ token, encoding, mutable }: BlobDraft, id: number): BlobPart {
    const blob: BlobPart = { kind: "blob", id, column: token.column, encoding, mutable };
    this.blobs.push(blob);
    return blob;
  }

  #array({ state }: ArrayDraft, id: number): ArrayPart {
    if (!state) return noPlan();
    this.cost += COST.array;
    const { type, order, swaps, sizes, data } = state;
    const columns = sizes.map(({ fixed, column }) => (fixed ? noPlan() : column));
    const bytes = this.#blob(data, this.count++);
    const array: ArrayPart = { kind: "array", id, type, order, swaps, sizes: columns, data: bytes };
    this.arrays.push(array);
    return array;
  }
}
