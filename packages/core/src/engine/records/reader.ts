import type { Issue } from "../../issues.js";
import type { FieldLayout, Layout } from "../../layout/layout.js";
import type { WorkOptions } from "../../source/source.js";
import type { Node } from "../../tree/node.js";
import type { ContainerCodec } from "../container.js";
import { type Decoder, decode } from "../decode.js";
import { missing, type RecordSource } from "./source.js";
import type { RecordCount, RecordReader, RecordReadOptions } from "./types.js";

/** How records are decoded. */
export interface RecordField {
  readonly layout: Layout;
  readonly holds: ContainerCodec["holds"];
  readonly field: FieldLayout;
  /** Pointer of the rule of the list. */
  readonly rule: string;
}

/** Records of a source, decoded by the schema. */
export class DecodingReader<R> implements RecordReader<R> {
  readonly #source: RecordSource;
  readonly #decoding: RecordField;

  constructor(source: RecordSource, decoding: RecordField) {
    this.#source = source;
    this.#decoding = decoding;
  }

  get path(): string {
    return this.#source.path;
  }

  get stated(): number | undefined {
    return this.#source.stated;
  }

  get isFinished(): boolean {
    return this.#source.isFinished;
  }

  get perBlock(): number | undefined {
    return this.#source.perBlock;
  }

  async length(options: WorkOptions = {}): Promise<number> {
    return this.stated ?? (await this.count(options)).count;
  }

  count(options: WorkOptions = {}): Promise<RecordCount> {
    return this.#source.count(options);
  }

  async at(index: number, options: RecordReadOptions = {}): Promise<R> {
    const position = await this.#position(index, options);
    if (!(Number.isSafeInteger(position) && position >= 0)) throw new RangeError(`${this.path} has no record ${index}`);
    const node = await this.#source.node(position, options);
    if (!node) throw await missing(this.#source, position, options);
    return this.#decode(node, options);
  }

  async *range(
    start: number,
    stop: number | null = null,
    options: RecordReadOptions = {},
  ): AsyncGenerator<R, void, void> {
    const first = Math.max(0, await this.#position(start, options));
    const last = stop === null ? Number.POSITIVE_INFINITY : await this.#position(stop, options);
    if (first >= last) return;
    let index = first;
    for await (const node of this.#source.nodes(first, options)) {
      yield await this.#decode(node, options);
      if (++index >= last) return;
    }
  }

  async *records(options: RecordReadOptions = {}): AsyncGenerator<R, void, void> {
    let count = 0;
    for await (const node of this.#source.nodes(0, options)) {
      yield await this.#decode(node, options);
      count++;
    }
    if (this.stated !== undefined && this.stated !== count) options.onIssue?.(this.#countIssue(count, this.stated));
  }

  async read(options: RecordReadOptions = {}): Promise<R[]> {
    const all: R[] = [];
    for await (const record of this.records(options)) all.push(record);
    return all;
  }

  [Symbol.asyncIterator](): AsyncGenerator<R, void, void> {
    return this.records();
  }

  async #position(index: number, options: WorkOptions): Promise<number> {
    return index < 0 ? index + (await this.length(options)) : index;
  }

  async #decode(node: Node, options: RecordReadOptions): Promise<R> {
    const { layout, holds, field } = this.#decoding;
    const decoder: Decoder = { layout, holds, nulls: "keep", options };
    return (await decode(decoder, field, node)) as R;
  }

  #countIssue(count: number, stated: number): Issue {
    const { layout, rule } = this.#decoding;
    return {
      code: "range",
      severity: "error",
      path: this.path,
      message: countText(count, stated),
      expected: String(stated),
      actual: String(count),
      rule: `${layout.schema}#${rule}`,
    };
  }
}

export function countText(count: number, stated: number): string {
  return `${count} records are there, ${stated} are stated`;
}
