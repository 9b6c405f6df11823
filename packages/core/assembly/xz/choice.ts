// What the parsers decide: the next symbol.

/** See `putSymbol`. */
export let chosenBack: u32 = 0;
export let chosenLength: u32 = 0;

export function choose(back: u32, length: u32): void {
  chosenBack = back;
  chosenLength = length;
}
