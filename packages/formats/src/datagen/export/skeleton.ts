/** Lines between the 68 points of a face, by their numbers from 1 on: what a drawn face shows. */
export const FACE_LINES: readonly (readonly [number, number])[] = [
  ...chain(1, 17),
  ...chain(18, 22),
  ...chain(23, 27),
  ...chain(28, 31),
  ...chain(32, 36),
  ...ring(37, 42),
  ...ring(43, 48),
  ...ring(49, 60),
  ...ring(61, 68),
];

function chain(first: number, last: number): readonly (readonly [number, number])[] {
  return Array.from({ length: last - first }, (_, i) => [first + i, first + i + 1] as const);
}

function ring(first: number, last: number): readonly (readonly [number, number])[] {
  return [...chain(first, last), [last, first]];
}
