import { FormatError } from "@somakit/core/errors";
import type { MemcacheConnection, QueuedCommandContext } from "memcache-client";

type Fault = readonly [code: "corrupt" | "limit", reason: string];

/** Answers that end a command, or come late from one that wanted none. */
const ERRORS: ReadonlySet<string> = new Set(["ERROR", "CLIENT_ERROR", "SERVER_ERROR"]);

/**
 * Makes a connection take the answers to `get` of one key and nothing else. The library trusts the server: by itself,
 * a size that is no size, or a value that nobody asked for, ends the process. Here such an answer ends the connection,
 * and the commands that wait for it get a `FormatError` `corrupt`, or `limit` for a value above `maxBytes`.
 */
export function guard(connection: MemcacheConnection, maxBytes: number): void {
  const process = connection.processCmd.bind(connection);
  const answered = new WeakSet<QueuedCommandContext>();

  const refuse = ([code, reason]: Fault): void => {
    const error = new FormatError(code, reason);
    for (let next = waiting(connection); next; next = waiting(connection)) connection.dequeueCommand()?.callback(error);
    connection.shutdown();
  };

  const faultOf = (tokens: readonly string[], command: QueuedCommandContext): Fault | undefined => {
    const [kind = "", , flags = "", size = ""] = tokens;
    if (kind === "END" || ERRORS.has(kind)) return undefined;
    if (kind !== "VALUE") return ["corrupt", `the server answers ${JSON.stringify(kind.slice(0, 40))}`];
    if (answered.has(command)) return ["corrupt", "the server answers with more than one value"];
    answered.add(command);
    if (!/^\d{1,10}$/.test(flags) || !/^\d{1,15}$/.test(size)) return ["corrupt", "the server states no flags or size"];
    return Number(size) > maxBytes ? ["limit", `a value of ${size} bytes, at most ${maxBytes} are taken`] : undefined;
  };

  // 0 makes the parser drop the rest of what it has.
  connection.processCmd = (tokens) => {
    if (connection.isShutdown()) return 0;
    const command = waiting(connection);
    if (!command && ERRORS.has(tokens[0] ?? "")) return 1;
    const fault: Fault | undefined = command ? faultOf(tokens, command) : ["corrupt", "the server speaks unasked"];
    if (!fault) return process(tokens);
    refuse(fault);
    return 0;
  };
  connection.malformDataStream = () => refuse(["corrupt", "a value does not end where the server said"]);
}

/** The command that the next answer is for; the library's type leaves out that there may be none. */
function waiting(connection: MemcacheConnection): QueuedCommandContext | undefined {
  return connection.peekCommand();
}
