import { text } from "./support-io.js";

export interface TarPart {
  readonly name: string;
  readonly type?: string;
  readonly content?: Uint8Array | string;
  /** The size that the header states, where it is not that of the content. */
  readonly size?: number;
  readonly magic?: string;
  readonly prefix?: string;
  /** Makes the checksum wrong. */
  readonly broken?: boolean;
}

/** The bytes of a tar archive, whatever its parts say. */
export function tarOf(parts: readonly TarPart[], options: { readonly end?: number } = {}): Uint8Array {
  const blocks = parts.flatMap((part) => [headerOf(part), padded(bytesOf(part.content))]);
  return Buffer.concat([...blocks, new Uint8Array(512 * (options.end ?? 2))]);
}

/** A pax record of this key, whose length counts itself. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + Buffer.byteLength(rest);
  return `${length}${rest}`;
}

function headerOf({
  name,
  type = "0",
  content,
  size,
  magic = "ustar\u000000",
  prefix = "",
  broken,
}: TarPart): Uint8Array {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write("0000644\0", 100);
  const length = size ?? bytesOf(content).byteLength;
  if (length < 8 ** 11) block.write(`${length.toString(8).padStart(11, "0")}\0`, 124);
  else {
    block.writeUInt8(0x80, 124);
    block.writeBigUInt64BE(BigInt(length), 128);
  }
  block.write(type, 156, 1, "latin1");
  block.write(magic, 257, 8, "latin1");
  block.write(prefix, 345, 155);
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, broken ? 1 : 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function bytesOf(content: Uint8Array | string = ""): Uint8Array {
  return typeof content === "string" ? text(content) : content;
}

function padded(bytes: Uint8Array): Uint8Array {
  const block = new Uint8Array(Math.ceil(bytes.byteLength / 512) * 512);
  block.set(bytes);
  return block;
}
