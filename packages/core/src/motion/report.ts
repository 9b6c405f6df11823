/** What a conversion could not carry over, had to reckon from other values, or had to make up. */
export interface MotionNote {
  readonly kind: "lost" | "approximated" | "derived" | "invented";
  /** What it is about, in words. */
  readonly what: string;
  /** How often; 1 when left out. */
  readonly count?: number | undefined;
}

/** Notes without repetitions, those alike counted together. */
export class MotionNotes {
  readonly #notes = new Map<string, MotionNote & { count: number }>();

  add(kind: MotionNote["kind"], what: string, count = 1): void {
    if (count === 0) return;
    const id = `${kind} ${what}`;
    const known = this.#notes.get(id);
    if (known) known.count += count;
    else this.#notes.set(id, { kind, what, count });
  }

  /** The same note, however often it comes up. */
  once(kind: MotionNote["kind"], what: string, count?: number): void {
    this.#notes.set(`${kind} ${what}`, { kind, what, count: count ?? 1 });
  }

  get all(): readonly MotionNote[] {
    const order = ["lost", "approximated", "derived", "invented"];
    return [...this.#notes.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  }
}

/** What somebody has to say before a conversion can be right. */
export type MotionQuestion =
  | "sourceConvention"
  | "convention"
  | "confidence"
  | "unit"
  | "sequence"
  | "imageSize"
  | "layers"
  | "project"
  | "root"
  | "form";

/** A conversion that cannot be right as it was asked for. */
export class MotionError extends Error {
  override readonly name: string = "MotionError";
  /** The option that would settle it; undefined when nothing would. */
  readonly settledBy: MotionQuestion | undefined;

  constructor(message: string, settledBy?: MotionQuestion) {
    super(message);
    this.settledBy = settledBy;
  }
}
