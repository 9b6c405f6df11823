import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";

export interface ServeOptions {
  readonly ranges?: boolean;
  /** Changes the answer to the n-th request. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse, count: number) => boolean;
  readonly hideRange?: boolean;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A file server for one file; the URL of it. */
export async function serve(content: Uint8Array, options: ServeOptions = {}): Promise<URL> {
  let count = 0;
  const server = createServer((request, response) => {
    count++;
    response.setHeader("ETag", '"v1"');
    if (options.answer?.(request, response, count)) return;
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    if (request.method === "HEAD") response.writeHead(200, { "Content-Length": content.byteLength }).end();
    else if (!range || options.ranges === false) response.end(content);
    else if (Number(range[1]) >= content.byteLength) {
      response.writeHead(416, { "Content-Range": `bytes */${content.byteLength}` }).end();
    } else {
      const end = Math.min(Number(range[2]) + 1, content.byteLength);
      const header = options.hideRange ? {} : { "Content-Range": `bytes ${range[1]}-${end - 1}/${content.byteLength}` };
      response.writeHead(206, header).end(content.subarray(Number(range[1]), end));
    }
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/data/file.npz?token=secret`);
}
