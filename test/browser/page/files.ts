import { type Answer, type Mode, paths } from "../protocol.js";
import { expectThat } from "./check.js";

/** The address of a file; no two calls give the same. */
export function addressOf(mode: Mode, name: string, origin: string = location.origin): URL {
  return new URL(`/${mode}/${crypto.randomUUID()}/${name}`, origin);
}

/** What the server answered to all requests for `url` so far. */
export async function trafficOf(url: URL): Promise<readonly Answer[]> {
  return fetchJson<readonly Answer[]>(paths.traffic + url.pathname);
}

/** Puts other content in the place of a file that is served as `changing`. */
export async function change(url: URL): Promise<void> {
  await fetch(paths.change + url.pathname, { method: "POST" });
}

export const bytesOf = (traffic: readonly Answer[]): number => traffic.reduce((sum, { bytes }) => sum + bytes, 0);

export async function fetchJson<T>(path: string): Promise<T> {
  return (await fetched(path)).json() as Promise<T>;
}

/** A fixture, by plain `fetch`. */
export async function fixtureBytes(name: string): Promise<ArrayBuffer> {
  return (await fetched(addressOf("whole", name).pathname)).arrayBuffer();
}

/** What is known about a fixture. */
export async function expectationOf(name: string): Promise<Readonly<Record<string, unknown>>> {
  return fetchJson(addressOf("whole", `${name}.expected.json`).pathname);
}

async function fetched(path: string): Promise<Response> {
  const answer = await fetch(path, { cache: "no-store" });
  expectThat(`${path}: the server answered ${answer.status}`, answer.ok);
  return answer;
}
