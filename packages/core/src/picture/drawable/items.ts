/** Items that were taken out of several, of which one can be asked for: that of the outermost list that has it. */
export class TakenItems {
  readonly #wanted: string | number | undefined;
  readonly #paths: string[] = [];
  /** The list that the item is of which was asked for. */
  #list: string | undefined;

  constructor(wanted: string | number | undefined) {
    this.#wanted = wanted;
  }

  get paths(): readonly string[] {
    return this.#paths;
  }

  /** Whether some list had the item that was asked for. */
  get used(): boolean {
    return this.#list !== undefined;
  }

  /** Whether the item that was asked for may be one of `list`. */
  isFor(list: string): boolean {
    return this.#wanted !== undefined && (this.#list === undefined || this.#list === list);
  }

  /** Notes that the item is one of `list`, when one was asked for. */
  use(list: string): void {
    if (this.isFor(list)) this.#list = list;
  }

  take(list: string, item: string): void {
    if (!this.#paths.includes(item)) this.#paths.push(item);
    this.use(list);
  }
}
