import { MemcacheClient, type MemcacheConnection, type PackedData } from "memcache-client";
import { guard } from "./guard.js";

/** A value as the server keeps it: what its bytes are is said by the flags of whoever wrote it. */
export interface RawItem {
  readonly flags: number;
  readonly bytes: Uint8Array;
}

export interface RawClientOptions {
  /** `host:port` */
  readonly server: string;
  /** Milliseconds for connecting, and for every answer. */
  readonly timeout: number;
  /** Larger values are not taken from the server. */
  readonly maxBytes: number;
}

/** A memcached client for the values of other programs, whose flags mean something else than the library's. */
export class RawClient extends MemcacheClient {
  readonly #maxBytes: number;
  readonly #guarded: WeakSet<MemcacheConnection> = new WeakSet();

  constructor({ server, timeout, maxBytes }: RawClientOptions) {
    super({ server, connectTimeout: timeout, cmdTimeout: timeout, noDelay: true });
    this.#maxBytes = maxBytes;
  }

  /**
   * The item of a key; `undefined` when there is none. Rejects with `FormatError` `corrupt` or `limit` for answers that
   * are none, and with the library's errors when there is no answer.
   */
  async item(key: string): Promise<RawItem | undefined> {
    const items = await this.get<RawItem>([key]);
    // Not just `items[key]`: keys may be called like members of every object.
    return Object.hasOwn(items, key) ? (items as unknown as Record<string, { value: RawItem }>)[key]?.value : undefined;
  }

  /** Sends an item and waits until it is on its way; the server does not answer. */
  async sendItem(key: string, { flags, bytes }: RawItem): Promise<void> {
    const sent: Promise<void>[] = [];
    await this.send(
      (socket) => {
        if (!socket) return;
        socket.cork();
        socket.write(`set ${key} ${flags} 0 ${bytes.length} noreply\r\n`);
        socket.write(bytes);
        sent.push(
          new Promise((resolve, reject) => socket.write("\r\n", (error) => (error ? reject(error) : resolve()))),
        );
        socket.uncork();
      },
      { noreply: true },
    );
    await Promise.all(sent);
  }

  override _send(
    connection: MemcacheConnection,
    ...rest: Parameters<MemcacheClient["_send"]> extends [unknown, ...infer Rest] ? Rest : never
  ): Promise<unknown> {
    if (!this.#guarded.has(connection)) {
      this.#guarded.add(connection);
      guard(connection, this.#maxBytes);
    }
    return super._send(connection, ...rest);
  }

  override _unpackValue({ cmdTokens, data }: PackedData): Record<keyof RawItem, unknown> {
    return { flags: Number(cmdTokens[2]), bytes: data };
  }
}
