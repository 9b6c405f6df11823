/** Reads little-endian values from bytes in memory, one behind the other. What is thrown past their end is up to the format. */
export abstract class ByteCursor {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  /** Of the byte that is read next. */
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.byteLength - this.position;
  }

  u8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#step(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#step(4), true);
  }

  /** A view of the next bytes. */
  take(length: number): Uint8Array {
    const at = this.#step(length);
    return this.bytes.subarray(at, at + length);
  }

  skip(length: number): void {
    this.#step(length);
  }

  /** The error for bytes that end before position `needed`. */
  protected abstract pastEnd(needed: number): Error;

  #step(length: number): number {
    const at = this.position;
    if (!(length >= 0 && at + length <= this.bytes.byteLength)) throw this.pastEnd(at + length);
    this.position = at + length;
    return at;
  }
}
