// One measured run of three's EXRLoader: three.js JOB, where another reader in JavaScript is the reference.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { NdArray } from "@somakit/core";
import { crc } from "./checks.js";
import type { Job } from "./operations.js";
import { peakMemory } from "./peak.js";

interface Loader {
  setDataType(type: number): void;
  parse(buffer: ArrayBuffer): { readonly width: number; readonly height: number; readonly data: Float32Array };
}

const FLOAT = 1015;

const { file, packages } = JSON.parse(process.argv[2] as string) as Job;
const path = createRequire(join(packages, "package.json")).resolve("three/examples/jsm/loaders/EXRLoader.js");
const { EXRLoader } = (await import(pathToFileURL(path).href)) as { EXRLoader: new () => Loader };

const before = process.cpuUsage();
const started = performance.now();
const bytes = readFileSync(file);
const loader = new EXRLoader();
loader.setDataType(FLOAT);
const { width, height, data } = loader.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(before);
const peak = peakMemory();
// Its images are RGBA, bottom line first.
const image = NdArray.from("float32", data, [height, width, 4]).slice([null, null, -1], null, [0, 3]);
const check = JSON.stringify([image.shape, crc(image as never)]);
console.log(`report ${JSON.stringify({ seconds, cpu: (user + system) / 1e6, peak, check })}`);
