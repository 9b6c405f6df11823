import { failure, type Reply, type Request } from "./message.js";
import type { ThreadResult } from "./threads.js";

type Job = (input: unknown) => ThreadResult | Promise<ThreadResult>;

export interface AnswerOptions {
  /** Loads the module of a request. */
  readonly load: (request: Request) => Promise<unknown>;
  /** Sends the reply; throws when it cannot be cloned. */
  readonly send: (reply: Reply, transfer: readonly ArrayBuffer[]) => void;
}

/** What a thread does with a request: calls the function that it names, and sends what comes of it. */
export async function answer(request: Request, { load, send }: AnswerOptions): Promise<void> {
  try {
    const { [request.name]: job } = (await load(request)) as Readonly<Record<string, unknown>>;
    if (typeof job !== "function") throw new TypeError(`${request.module} exports no function ${request.name}`);
    const { output, transfer = [] } = await (job as Job)(request.input);
    send({ output }, transfer);
  } catch (error) {
    send(failure(error), []);
  }
}
