import { digest, isFormatError, NdArray, npz, readPickle, toSource } from "@somakit/core";
import * as humandata from "@somakit/formats/humandata";
import { differences } from "../../conformance/compare.js";
import { paths } from "../protocol.js";
import { isFailure, type Verdict, valueDigest, verdictOf } from "../verdict.js";
import { type BrowserCheck, expectSame, expectThat, thrownBy } from "./check.js";
import { expectationOf, fetchJson, fixtureBytes } from "./files.js";

/** What `load` in an expected file says of the object that upstream's loader makes. */
interface Loaded {
  readonly items: Readonly<Record<string, unknown>>;
  readonly padded?: Readonly<Record<string, unknown>>;
}

const archives = ["full.npz", "compressed.npz", "multi.npz", "nested.npz", "dtypes.npz"].map(
  (name): BrowserCheck => ({
    name: `reads all of ${name} as numpy does`,
    async run() {
      const { npz: found } = await digest(await npz.open(await toSource(await fixtureBytes(name))));
      expectSame("differences", differences((await expectationOf(name))["npz"], found), []);
      return `${Object.keys(found as object).length} arrays`;
    },
  }),
);

const values: readonly BrowserCheck[] = [
  {
    name: "reads all of full.pkl as Python does",
    async run() {
      const found = await valueDigest(await humandata.read(await fixtureBytes("full.pkl")));
      const { items } = (await expectationOf("full.pkl"))["load"] as Loaded;
      const keys = Object.keys(items);
      const common = Object.fromEntries(keys.map((key) => [key, found[key]]));
      expectSame("differences", differences(items, common, "", { scalars: "plain" }), []);
      return `${keys.length} values`;
    },
  },
  {
    name: "unpacks joints that a mask leaves out of compressed.npz",
    async run() {
      const file = await humandata.open(new Blob([await fixtureBytes("compressed.npz")]));
      const keypoints = await file.keypoints2d();
      const stored = await file.keypoints2d({ form: "stored" });
      expectSame("shape", keypoints?.shape, [7, 190, 3]);
      expectThat("fewer joints are stored", (stored?.shape[1] ?? 190) < 190);
      const { padded = {} } = (await expectationOf("compressed.npz"))["load"] as Loaded;
      const found = await valueDigest({ keypoints2d: keypoints, keypoints3d: await file.keypoints3d() });
      expectSame("keys", Object.keys(padded), Object.keys(found));
      expectSame("differences", differences(padded, found), []);
      return `${stored?.shape[1]} of 190 joints are stored`;
    },
  },
  {
    name: "reads persons of multi.npz",
    async run() {
      const { multi } = humandata;
      const file = await multi.open(await fixtureBytes("multi.npz"));
      const persons = await file.frame_range();
      expectThat("ranges are an array", persons instanceof NdArray);
      expectSame("shape", persons?.shape, [5, 2]);
      expectSame("issues", await file.check(), []);
      expectSame("config", (await multi.read(await fixtureBytes("multi.npz"))).config, "multi");
      return "";
    },
  },
];

/** Each fixture, from memory and from a Blob, which is read in quite another way. */
async function eachVerdict(use: (name: string, expected: Verdict, found: Verdict) => void): Promise<number> {
  const verdicts = await fetchJson<Readonly<Record<string, Verdict>>>(paths.verdicts);
  for (const [name, expected] of Object.entries(verdicts)) {
    const bytes = await fixtureBytes(name);
    for (const input of [bytes, new Blob([bytes])]) {
      use(name, expected, JSON.parse(JSON.stringify(await verdictOf(name, input))) as Verdict);
    }
  }
  return Object.keys(verdicts).length;
}

const checking: readonly BrowserCheck[] = [
  {
    name: "says the same as Node of every fixture, good or bad",
    async run() {
      const wrong: string[] = [];
      const count = await eachVerdict((name, expected, found) => {
        for (const part of ["issues", "stored", "value"] as const) {
          if (JSON.stringify(expected[part]) === JSON.stringify(found[part])) continue;
          const [difference] = differences(expected[part], found[part]);
          wrong.push(`${name} (${part}): ${JSON.stringify(difference)}`);
        }
      });
      expectSame("differences", wrong, []);
      expectThat(`there are only ${count} fixtures`, count > 60);
      return `${count} files`;
    },
  },
  {
    name: "finds an error in every bad file and none in good ones",
    async run() {
      const verdicts = await fetchJson<Readonly<Record<string, Verdict>>>(paths.verdicts);
      const bad = Object.keys(verdicts).filter((name) => name.startsWith("bad_"));
      const unnoticed: string[] = [];
      for (const name of [...bad, "full.npz", "compressed.npz", "multi.npz", "full.pkl", "nested.npz", "dtypes.npz"]) {
        const { issues } = await verdictOf(name, await fixtureBytes(name));
        const errors = isFailure(issues) ? [issues] : issues.filter(({ severity }) => severity === "error");
        if (errors.length > 0 !== name.startsWith("bad_")) unnoticed.push(name);
      }
      expectSame("files that are judged wrongly", unnoticed, []);
      return `${bad.length} bad files`;
    },
  },
  {
    name: "names key and rule of what is wrong",
    async run() {
      const issues = await humandata.check(await fixtureBytes("bad_frames_differ.npz"));
      const [issue] = issues;
      expectSame("issues", issues.length, 1);
      expectSame(
        "issue",
        [issue?.code, issue?.path, issue?.rule],
        ["symbol", "bbox_xywh", "urn:somakit:humandata:1#/$defs/Boxes"],
      );
      return issue?.message ?? "";
    },
  },
  {
    name: "refuses pickles that would run code",
    async run() {
      const refused: string[] = [];
      for (const name of ["bad_pickle_os_system.npz", "bad_pickle_builtins_eval.pkl", "bad_pickle_unknown_class.npz"]) {
        const bytes = await fixtureBytes(name);
        const error = await thrownBy(name, () => humandata.read(bytes));
        expectThat(`${name}: ${String(error)}`, isFormatError(error, "refused"));
        refused.push((error as Error).message);
      }
      const call = new TextEncoder().encode("cos\nsystem\n(S'echo owned'\ntR.");
      const error = await thrownBy("a call", () => readPickle(call));
      expectThat(String(error), isFormatError(error, "refused"));
      return refused.join("; ");
    },
  },
];

export const reading: readonly BrowserCheck[] = [...archives, ...values, ...checking];
