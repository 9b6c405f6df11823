import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import { openBrowser } from "./chromium.js";

const PROGRAMS = join(import.meta.dirname, "../consumer");

/** The data sets of which test/consumer has a program, in the order in which a page uses them. */
export const SYSTEMS = ["humandata", "pyskl", "datagen", "bodycompress", "skelshop"] as const;
export type System = (typeof SYSTEMS)[number];

/** What an application does that uses several data sets: each is loaded when it is needed. */
const MAIN = `
const programs = { ${SYSTEMS.map((name) => `${name}: () => import("./${name}.ts")`).join(", ")} };
const results = {};
for (const [name, run] of Object.entries(programs)) {
  await fetch("/began/" + name, { method: "POST" });
  results[name] = await run().then(() => "ok", (error) => String(error?.stack ?? error));
}
await fetch("/results", { method: "POST", body: JSON.stringify(results) });
`;

/** Scripts by path, and the one that begins. */
export interface Application {
  readonly scripts: ReadonlyMap<string, string>;
  readonly entry: string;
}

/** The application as esbuild bundles it. */
export async function byEsbuild(): Promise<Application> {
  const { outputFiles } = await esbuild({
    stdin: { contents: MAIN, resolveDir: PROGRAMS, sourcefile: "main.js" },
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    splitting: true,
    write: false,
    outdir: PROGRAMS,
    logLevel: "silent",
  });
  const scripts = outputFiles.map(({ path, text }) => [path.slice(PROGRAMS.length), text] as const);
  return { scripts: new Map(scripts), entry: "/stdin.js" };
}

const VIRTUAL = join(PROGRAMS, "main.js");

/** The application as Vite bundles it. */
export async function byVite(): Promise<Application> {
  const built = await vite({
    configFile: false,
    root: PROGRAMS,
    logLevel: "silent",
    plugins: [
      {
        name: "main",
        resolveId: (id) => (id === VIRTUAL ? id : undefined),
        load: (id) => (id === VIRTUAL ? MAIN : undefined),
      },
    ],
    build: { write: false, target: "es2022", modulePreload: false, rollupOptions: { input: VIRTUAL } },
  });
  if (Array.isArray(built) || !("output" in built)) throw new Error("Vite makes one application");
  const scripts = new Map<string, string>();
  let entry = "";
  for (const file of built.output) {
    if (file.type === "chunk" && file.isEntry) entry = `/${file.fileName}`;
    const text = file.type === "chunk" ? file.code : Buffer.from(file.source).toString();
    scripts.set(`/${file.fileName}`, text);
  }
  return { scripts, entry };
}

export interface Visit {
  /** `ok`, or what was thrown. */
  readonly results: Readonly<Record<System, string>>;
  /** Scripts that were fetched from when a data set was first used to when the next one was; under `start`, those before. */
  readonly fetched: ReadonlyMap<System | "start", readonly string[]>;
}

/** Opens the application in a browser. Rejects when it has not done after `patience` milliseconds. */
export async function visit(command: string, application: Application, patience: number): Promise<Visit> {
  const fetched = new Map<System | "start", string[]>([["start", []]]);
  let current: System | "start" = "start";
  let done: (results: Visit["results"]) => void = () => undefined;
  const results = new Promise<Visit["results"]>((resolve) => {
    done = resolve;
  });
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const script = application.scripts.get(pathname);
    if (script !== undefined) {
      fetched.get(current)?.push(script);
      response.writeHead(200, { "Content-Type": "text/javascript; charset=utf-8" }).end(script);
    } else if (pathname.startsWith("/began/")) {
      current = pathname.slice("/began/".length) as System;
      fetched.set(current, []);
      response.end();
    } else if (pathname === "/results") {
      done(JSON.parse(await textOf(request)) as Visit["results"]);
      response.end();
    } else if (pathname === "/") {
      const page = `<!doctype html><meta charset="utf-8"><script type="module" src="${application.entry}"></script>`;
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(page);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = openBrowser(command, new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no results after ${patience} ms:\n${browser.output()}`)), patience);
  });
  try {
    return { results: await Promise.race([results, browser.ended, late]), fetched };
  } finally {
    clearTimeout(timer);
    await browser.close();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part as Uint8Array);
  return Buffer.concat(parts).toString();
}
