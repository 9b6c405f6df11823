import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckedDict, forgetWarnedKeys, type LogEntry, NdArray, setLogger } from "@somakit/core";
import { fileSink, fileSource } from "@somakit/core/node";
import { HumanDataDict, multi, type PersonDict } from "@somakit/formats/humandata";
import type { Fixtures } from "../../fixtures.js";
import { attributesOf, describeValue, stateOf } from "./describe.js";
import { pieces } from "./trace-cache.js";
import { madeOf } from "./trace-values.js";

export type Dict = PersonDict<object>;
type DictClass = typeof HumanDataDict | typeof multi.MultiHumanDataDict;

export interface Operation {
  readonly op: string;
  readonly key?: string;
  readonly quirk?: string;
  readonly recommended?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: { readonly type: string; readonly message: string };
  readonly log?: readonly { readonly level: string; readonly msg: string }[];
  readonly [argument: string]: unknown;
}

export interface Start {
  readonly fixture?: string;
  readonly new?: { readonly source?: object; readonly keyStrict?: boolean };
  readonly state?: unknown;
  readonly log?: Operation["log"];
}

export interface Trace {
  readonly trace: string;
  readonly class: string;
  readonly start: Start;
  readonly ops: readonly Operation[];
}

/** What an operation came to here. */
export interface Outcome {
  readonly result?: unknown;
  readonly error?: unknown;
  readonly log: readonly LogEntry[];
  /** The dict that the operation worked on. */
  readonly dict: Dict;
  /** The dict that it made. */
  readonly made?: Dict | undefined;
}

/** Performs the operations of one trace, one after another. */
export class Replay {
  readonly #fixtures: Fixtures;
  readonly #class: DictClass;
  readonly #dicts = new Map<string, Dict>();
  #log: LogEntry[] = [];

  constructor(fixtures: Fixtures, title: string) {
    this.#fixtures = fixtures;
    this.#class = title === "MultiHumanData" ? multi.MultiHumanDataDict : HumanDataDict;
  }

  /** Outcomes of the start and of each operation. */
  async run(trace: Trace): Promise<readonly Outcome[]> {
    forgetWarnedKeys();
    setLogger((entry) => this.#log.push(entry));
    try {
      const outcomes = [await this.#attempt(undefined, async () => this.#keep("h", await this.#begin(trace.start)))];
      for (const op of trace.ops) {
        const dict = this.#dicts.get(String(op["on"] ?? "h")) as Dict;
        outcomes.push(await this.#attempt(dict, () => this.#perform(op, dict)));
      }
      return outcomes;
    } finally {
      setLogger(undefined);
      forgetWarnedKeys();
    }
  }

  async #attempt(dict: Dict | undefined, work: () => Promise<unknown>): Promise<Outcome> {
    this.#log = [];
    const settled = await work().then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
    const made = "result" in settled && isDict(settled.result) ? settled.result : undefined;
    const result = made ? { result: await stateOf(made as CheckedDict<object>) } : settled;
    return { ...result, log: this.#log, dict: dict ?? (made as Dict), made };
  }

  #keep(name: unknown, dict: Dict): Dict {
    if (typeof name === "string") this.#dicts.set(name, dict);
    return dict;
  }

  async #begin({ fixture, new: fresh }: Start): Promise<Dict> {
    if (fixture !== undefined)
      return (await this.#class.fromFile(await fileSource(this.#fixtures.path(fixture)))) as Dict;
    const source = madeOf(fresh?.source ?? {}) as object;
    return this.#class.new(source, { strict: fresh?.keyStrict === true }) as Dict;
  }

  async #perform(op: Operation, dict: Dict): Promise<unknown> {
    const key = op.key ?? "";
    switch (op.op) {
      case "new":
        return this.#keep(op["as"], await this.#begin(op["start"] as Start));
      case "set":
        dict.set(key, madeOf(op["value"]) as never);
        return "set";
      case "setRaw":
        dict.setRawValue(key, madeOf(op["value"]));
        return "set";
      case "setDataLen":
        dict.dataLen = op["value"] as number;
        return "set";
      case "delete":
        return dict.delete(key) ? "deleted" : "absent";
      case "get":
        return describeValue(dict.get(key));
      case "getRaw":
        return describeValue(dict.getRawValue(key));
      case "has":
        return dict.has(key);
      case "keys":
        return [...dict.keys()];
      case "attributes":
        return attributesOf(dict as CheckedDict<object>);
      case "state":
        return stateOf(dict as CheckedDict<object>);
      case "setKeyStrict":
        dict.setKeyStrict(op["value"] as boolean);
        return [...dict.keys()];
      case "popUnsupported":
        dict.popUnsupportedItems();
        return [...dict.keys()];
      case "checkCompressed":
        return dict.checkKeypointsCompressed();
      case "compress":
        dict.compressKeypointsByMask();
        return shapes(dict);
      case "decompress":
        dict.decompressKeypoints();
        return shapes(dict);
      case "generateMask":
        dict.generateMaskFromConfidence(op["keys"] as string);
        return masks(dict);
      case "getValueInShape": {
        const { shape, paddingConstant } = op as unknown as { shape: readonly number[]; paddingConstant?: number };
        return describeValue(dict.getValueInShape(key, shape, paddingConstant));
      }
      case "getSlice":
        return this.#keep(op["as"], dict.getSlice(...(op["args"] as [number, number | null, number])));
      case "concatenate": {
        const other = this.#dicts.get(String(op["other"])) as Dict;
        return this.#keep(op["as"], this.#class.concatenate(dict as never, other as never) as Dict);
      }
      case "dumpLoad":
        return this.#keep(op["as"], await this.#dumpLoad(dict, String(op["suffix"])));
      case "dumpBadSuffix":
        return dumpAs(dict, String(op["name"]));
      case "to":
        return tensors(dict, op["dtype"]);
      case "slicedCache":
        return pieces(dict as never, op["sliceSize"] as number);
      default:
        throw new Error(`operation ${op.op} is not known`);
    }
  }

  async #dumpLoad(dict: Dict, suffix: string): Promise<Dict> {
    return inFolder(async (folder) => {
      const path = join(folder, `dumped${suffix}`);
      const sink = await fileSink(path);
      await (suffix === ".npz" ? dict.dump(sink) : dict.dumpByPickle(sink));
      return (await this.#class.fromFile(await fileSource(path))) as Dict;
    });
  }
}

function isDict(value: unknown): value is Dict {
  return value instanceof HumanDataDict || value instanceof multi.MultiHumanDataDict;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "somakit-trace-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Dumps under a name; the files that are there afterwards, where that is not the name alone. */
async function dumpAs(dict: Dict, name: string): Promise<unknown> {
  return inFolder(async (folder) => {
    try {
      await dict.dump(await fileSink(join(folder, name)));
    } catch (error) {
      if (readdirSync(folder).length > 0) return readdirSync(folder);
      throw error;
    }
    const files = readdirSync(folder);
    return files.length === 1 && files[0] === name ? "dumped" : files;
  });
}

/** Shapes of everything that is about keypoints. */
function shapes(dict: Dict): unknown {
  const arrays = [...dict.rawEntries()].filter(([key, value]) => key.includes("keypoints") && value instanceof NdArray);
  return Object.fromEntries(arrays.map(([key, value]) => [key, (value as NdArray).shape]));
}

async function masks(dict: Dict): Promise<unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, value] of dict.rawEntries()) if (key.endsWith("_mask")) found[key] = await describeValue(value);
  return found;
}

/** torch's names of dtypes are numpy's. */
async function tensors(dict: Dict, dtype: unknown): Promise<unknown> {
  const made = dict.to((array: NdArray) => ({ array }), dtype === undefined ? {} : { dtype: dtype as "float16" });
  const found: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(made)) {
    const array = (member as { readonly array?: unknown } | null)?.array;
    found[key] =
      array instanceof NdArray
        ? { torch: `torch.${array.dtype}`, shape: array.shape, data: await describeValue(array) }
        : await describeValue(member);
  }
  return found;
}
