import { DTypeValue, type Value } from "../../../value/value.js";
import { Part } from "../read/array-parts.js";
import { typeOf } from "../read/arrays.js";
import type { Machine } from "../read/machine.js";
import { Blob, DTypeShell, Global, type Slot, TupleSlot } from "../read/slots.js";
import type { ArrayDraft, BlobDraft, Draft, SequenceDraft, Token } from "./draft.js";
import { noPlan } from "./no-plan.js";

/** What the calls in a record make, and which of its parts belong to an array and are no values. */
export class Calls {
  readonly #m: Machine;
  /** For what arrays are made of: which array, and as what. */
  readonly roles: Map<Draft, { readonly array: ArrayDraft; readonly role: number }> = new Map();
  readonly #shared = new Set<Draft>();
  /** What all arrays share: `numpy.ndarray` and `b"b"`. */
  callee: Slot | undefined;
  filler: Slot | undefined;

  constructor(m: Machine) {
    this.#m = m;
  }

  /** A draft that the record uses once more. */
  shared(draft: Draft): Draft {
    const isPlain = draft.kind === "tuple" || (draft.kind === "varying" && draft.of === "text");
    if (!isPlain || this.roles.has(draft)) noPlan();
    this.#shared.add(draft);
    return draft;
  }

  /** The value of a draft that has to be the same in every record. */
  fixed(draft: Draft): Value {
    if (draft.kind === "constant") return draft.value;
    if (draft.kind !== "varying") return noPlan();
    draft.token.fixed = true;
    return draft.value;
  }

  call(callee: Draft, args: Draft): Draft {
    if (callee.kind !== "slot" || !(callee.slot instanceof Global)) return noPlan();
    // The same arguments each time: what is in the memo as a call's arguments was found to be those.
    const isKnown = args.kind === "slot" && args.slot instanceof TupleSlot;
    if (isKnown && callee.slot.kind === "reconstruct") return { kind: "array" };
    if (args.kind !== "tuple") return noPlan();
    if (callee.slot.kind === "encode") return this.#encode(args);
    if (callee.slot.kind === "frombuffer") return this.#fromBuffer(args);
    return callee.slot.kind === "reconstruct" ? this.#reconstruct(args) : noPlan();
  }

  /** `encode(text, "latin1")` */
  #encode(args: SequenceDraft): Draft {
    const [text, codec] = args.items;
    if (args.items.length !== 2 || text?.kind !== "taken" || !codec) return noPlan();
    const name = this.fixed(codec);
    if (name !== "latin1" && name !== "latin-1") return noPlan();
    return { kind: "blob", token: text.token, encoding: "utf8", mutable: false, encoded: { text, args } };
  }

  /** `_reconstruct(ndarray, (0,), b"b")` */
  #reconstruct(args: SequenceDraft): Draft {
    const [type, axis, filler] = args.items;
    const isCall = type?.kind === "slot" && type.slot instanceof Global && type.slot.kind === "ndarray";
    const isFilled = filler?.kind === "slot" && filler.slot instanceof Blob;
    if (args.items.length !== 3 || !isCall || !isFilled || axis?.kind !== "tuple") return noPlan();
    if (axis.items.length !== 1 || this.fixed(axis.items[0] as Draft) !== 0) return noPlan();
    this.callee = type.slot;
    this.filler = filler.slot;
    const array: ArrayDraft = { kind: "array" };
    this.#belongs(array, [axis, Part.axis], [args, Part.arguments]);
    return array;
  }

  /** BUILD with `(1, shape, dtype, is_fortran, bytes)` */
  build(array: Draft, state: Draft): Draft {
    if (array.kind !== "array" || array.state || state.kind !== "tuple") return noPlan();
    const [version, shape, type, fortran, data] = state.items;
    if (state.items.length !== 5 || !version || this.fixed(version) !== 1) return noPlan();
    if (fortran?.kind !== "constant" || typeof fortran.value !== "boolean") return noPlan();
    this.#fill(array, { shape, type, data, order: fortran.value ? "F" : "C", swaps: true });
    this.#belongs(array, [state, Part.state]);
    return array;
  }

  /** `_frombuffer(buffer, dtype, shape, order)` */
  #fromBuffer(args: SequenceDraft): Draft {
    const [data, type, shape, order] = args.items;
    if (args.items.length !== 4 || !order) return noPlan();
    const name = this.fixed(order);
    if (name !== "C" && name !== "F") return noPlan();
    const array: ArrayDraft = { kind: "array" };
    this.#fill(array, { shape, type, data, order: name, swaps: false });
    this.#belongs(array, [args, Part.bufferArguments]);
    return array;
  }

  #fill(array: ArrayDraft, parts: Parts): void {
    const { shape, type, data, order, swaps } = parts;
    const isType = type?.kind === "slot" && (type.slot instanceof DTypeShell || type.slot instanceof DTypeValue);
    if (!isType || shape?.kind !== "tuple" || data?.kind !== "blob") noPlan();
    const dtype = typeOf(this.#m, type.slot);
    if (dtype.name === "object" || dtype.itemSize === 0) noPlan();
    array.state = { type: dtype, order, swaps, sizes: shape.items.map(sizeOf), data };
    this.#belongs(array, [shape, Part.shape], [data, data.mutable ? Part.buffer : Part.data]);
    const { encoded } = data;
    if (encoded) this.#belongs(array, [encoded.text, Part.text], [encoded.args, Part.encodeArguments]);
  }

  #belongs(array: ArrayDraft, ...parts: readonly (readonly [Draft, number])[]): void {
    for (const [draft, role] of parts) {
      if (this.roles.has(draft) || this.#shared.has(draft)) noPlan();
      this.roles.set(draft, { array, role });
    }
  }
}

interface Parts {
  readonly shape: Draft | undefined;
  readonly type: Draft | undefined;
  readonly data: Draft | BlobDraft | undefined;
  readonly order: "C" | "F";
  readonly swaps: boolean;
}

function sizeOf(draft: Draft): Token {
  return draft.kind === "varying" && draft.of === "number" ? draft.token : noPlan();
}
