/** Which size most of some records have. */
export class CommonSize {
  readonly #counts = new Map<number, number>();

  add(size: number): void {
    this.#counts.set(size, (this.#counts.get(size) ?? 0) + 1);
  }

  /** The size that most have, undefined unless two of them have it. Begins anew. */
  take(): number | undefined {
    const [common] = [...this.#counts].sort((a, b) => b[1] - a[1]);
    this.#counts.clear();
    return common && common[1] > 1 ? common[0] : undefined;
  }
}
