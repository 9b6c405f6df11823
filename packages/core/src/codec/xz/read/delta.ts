/** Undoes a delta filter: each byte was stored as its difference to the one `distance` (1 to 256) bytes before. */
export class DeltaDecoder {
  readonly #distance: number;
  /** The last 256 bytes that came out. */
  readonly #history: Uint8Array = new Uint8Array(256);
  #at = 0;

  constructor(distance: number) {
    this.#distance = distance;
  }

  /** Changes `bytes` in place. */
  update(bytes: Uint8Array): void {
    const history = this.#history;
    for (let i = 0; i < bytes.length; i++) {
      const byte = ((bytes[i] as number) + (history[(this.#at - this.#distance) & 255] as number)) & 255;
      bytes[i] = byte;
      history[this.#at++ & 255] = byte;
    }
    this.#at &= 255;
  }
}
