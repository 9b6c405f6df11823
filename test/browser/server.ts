import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { FileServer } from "./file-server.js";
import { HDF5_WORKER, paths, type Result, WORKER } from "./protocol.js";

export interface ServedFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface Site {
  /** Pages and scripts, by path. */
  readonly program: ReadonlyMap<string, ServedFile>;
  /** Files that the page reads, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** JSON for `paths.verdicts`. */
  readonly verdicts: string;
}

export interface RunningSite {
  /** Where the page is. */
  readonly url: URL;
  readonly results: Promise<readonly Result[]>;
  /** What the page sent to `paths.written`. */
  readonly written: ReadonlyMap<string, Uint8Array>;
  close(): Promise<void>;
}

/** Nothing may be loaded from elsewhere, and no text may become code. */
const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'";
const WASM_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

/** Serves the page, and its files to pages of other origins from a second address. */
export async function startSite(site: Site): Promise<RunningSite> {
  const written = new Map<string, Uint8Array>();
  const files = new FileServer(site.files);
  const { promise: results, resolve: finish } = withResolvers<readonly Result[]>();
  const elsewhere = await listen((request, response) => {
    // As most servers do: `Content-Range` and the like stay hidden.
    response.setHeader("Access-Control-Allow-Origin", "*");
    files.answer(request, response, pathOf(request));
  });
  const home = await listen(async (request, response) => {
    const path = pathOf(request);
    const json = (text: string): void => void response.setHeader("Content-Type", "application/json").end(text);
    const page = site.program.get(path);
    if (page) {
      const policy = path === WORKER ? `${POLICY} ${elsewhere.origin}` : path === HDF5_WORKER ? WASM_POLICY : POLICY;
      response.writeHead(200, { "Content-Type": page.type, "Content-Security-Policy": policy }).end(page.bytes);
    } else if (path === paths.results) {
      finish(JSON.parse(Buffer.from(await bodyOf(request)).toString()) as readonly Result[]);
      response.end();
    } else if (path.startsWith(`${paths.written}/`)) {
      written.set(path.slice(paths.written.length + 1), await bodyOf(request));
      response.end();
    } else if (path.startsWith(`${paths.change}/`)) {
      files.change(path.slice(paths.change.length));
      response.end();
    } else if (path.startsWith(`${paths.traffic}/`))
      json(JSON.stringify(files.traffic(path.slice(paths.traffic.length))));
    else if (path === paths.verdicts) json(site.verdicts);
    else if (path === paths.elsewhere) json(JSON.stringify(elsewhere.origin));
    else files.answer(request, response, path);
  });
  return {
    url: new URL("/", home.origin),
    results,
    written,
    close: async () => void (await Promise.all([home.close(), elsewhere.close()])),
  };
}

const pathOf = (request: IncomingMessage): string => new URL(request.url ?? "/", "http://localhost").pathname;

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

async function listen(listener: RequestListener): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function withResolvers<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
