import type { MotionWindow } from "./motion.js";

/** (frames, people): who is there in any layer; where nobody has points, in anything else that people have. */
export function presenceIn({ layers, quantities, frames, people }: MotionWindow): Uint8Array {
  const any = new Uint8Array(frames * people);
  for (const { present } of layers.size > 0 ? layers.values() : (quantities?.values() ?? []))
    for (let at = 0; at < any.length; at++) if (present.data[at] !== 0) any[at] = 1;
  return any;
}
