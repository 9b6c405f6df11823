import { createServer, type Server, type Socket } from "node:net";

/** A command or an answer of the text protocol, with the value that follows it. */
export interface Item {
  readonly line: string;
  readonly value?: Uint8Array;
}

/** The commands or answers in what one side said. Throws when a line or a value is not whole. */
export function itemsIn(conversation: Uint8Array): Item[] {
  const { items, rest } = split(conversation);
  if (rest < conversation.length) throw new Error(`${conversation.length - rest} bytes are no whole line or value`);
  return items;
}

function split(conversation: Uint8Array): { readonly items: Item[]; readonly rest: number } {
  const bytes = Buffer.from(conversation);
  const items: Item[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf("\r\n", at);
    if (end < 0) return { items, rest: at };
    const line = bytes.toString("latin1", at, end);
    const size = /^(?:set \S+ \d+ \d+|VALUE \S+ \d+) (\d+)/.exec(line)?.[1];
    if (size === undefined) {
      items.push({ line });
      at = end + 2;
      continue;
    }
    const stop = end + 2 + Number(size);
    if (stop + 2 > bytes.length) return { items, rest: at };
    items.push({ line, value: bytes.subarray(end + 2, stop) });
    at = stop + 2;
  }
}

/** A server that gives recorded answers, one to every `get`, in pieces of a few bytes, and notes what it is told. */
export class Replay {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #heard: Buffer[];
  readonly #ended: Promise<void>;

  private constructor(server: Server, sockets: Set<Socket>, heard: Buffer[], ended: Promise<void>) {
    this.port = (server.address() as { readonly port: number }).port;
    this.#server = server;
    this.#sockets = sockets;
    this.#heard = heard;
    this.#ended = ended;
  }

  /** Listens on a free port of this machine. `answers` is everything that a server said. */
  static async start(answers: Uint8Array): Promise<Replay> {
    const heard: Buffer[] = [];
    const sockets = new Set<Socket>();
    const left = answersIn(answers);
    let close: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      close = resolve;
    });
    const server = createServer((socket) => {
      let answered = 0;
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("data", (data) => {
        heard.push(data);
        const gets = split(Buffer.concat(heard)).items.filter(({ line }) => line.startsWith("get "));
        for (; answered < gets.length; answered++) sendInPieces(socket, left.shift() ?? Buffer.from("END\r\n"));
      });
      socket.on("error", close);
      socket.on("close", close);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Replay(server, sockets, heard, ended);
  }

  /** Everything that was heard, once the client is gone. */
  async ended(): Promise<Uint8Array> {
    await this.#ended;
    return Buffer.concat(this.#heard);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** What a server said, cut after every `END`. */
function answersIn(bytes: Uint8Array): Buffer[] {
  const answers: Buffer[] = [];
  let parts: Buffer[] = [];
  for (const { line, value } of itemsIn(bytes)) {
    parts.push(Buffer.from(`${line}\r\n`, "latin1"), ...(value ? [Buffer.from(value), Buffer.from("\r\n")] : []));
    if (line !== "END") continue;
    answers.push(Buffer.concat(parts));
    parts = [];
  }
  if (parts.length > 0) answers.push(Buffer.concat(parts));
  return answers;
}

/** Cut where it hurts: inside lines, between a carriage return and a line feed, inside values. */
function sendInPieces(socket: Socket, answer: Buffer): void {
  for (let at = 0, size = 1; at < answer.length; at += size, size = (size * 3) % 101) {
    socket.write(answer.subarray(at, at + size));
  }
}
