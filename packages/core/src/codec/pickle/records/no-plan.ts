/** Says that a record gets no plan. It is caught where plans are made, and nobody's error. */
export class NoPlan extends Error {}

export function noPlan(): never {
  throw new NoPlan();
}
