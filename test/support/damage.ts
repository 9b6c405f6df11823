export interface Damaged {
  /** What was done: `cut-120`, `flip-33-80`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface DamageOptions {
  readonly cuts: number;
  readonly flips: number;
  readonly random: () => number;
}

/** A file cut off at some lengths, and with single bytes changed: half of them among its first thousand. */
export function damaged(file: Uint8Array, { cuts, flips, random }: DamageOptions): readonly Damaged[] {
  // Not Node's Buffer, whose slices share their memory.
  const bytes = new Uint8Array(file);
  const place = (within: number): number => Math.floor(random() * Math.min(bytes.byteLength, within));
  const made: Damaged[] = [];
  for (let count = 0; count < cuts; count++) {
    const length = place(count % 2 === 0 ? bytes.byteLength : 1000);
    made.push({ name: `cut-${length}`, bytes: bytes.slice(0, length) });
  }
  for (let count = 0; count < flips; count++) {
    const at = place(count % 2 === 0 ? bytes.byteLength : 1000);
    const by = 1 + Math.floor(random() * 255);
    const copy = bytes.slice();
    copy[at] = (copy[at] as number) ^ by;
    made.push({ name: `flip-${at}-${by}`, bytes: copy });
  }
  return made;
}
