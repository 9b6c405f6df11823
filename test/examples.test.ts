import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { interpretProject, loadSchemas } from "@somakit/codegen";
import { checkFile, detect, type Folder, type RegistryEntry, readWith, type Source, writeWith } from "@somakit/core";
import {
  exr,
  folder as folderCodec,
  hdf5,
  inGzip,
  inXz,
  json,
  msgpackStream,
  npy,
  npz,
  pickle,
  png,
  strictJson,
} from "@somakit/core/gen/v1";
import { fileFolder, fileSink, fileSource, folderSink } from "@somakit/core/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { debianPython } from "./support/python.js";

const EXAMPLES = resolve(import.meta.dirname, "../examples");
const SAMPLES = join(EXAMPLES, "samples");
const codecs = {
  npz,
  npy,
  pickle,
  json,
  hdf5,
  folder: folderCodec,
  "msgpack-stream.xz": inXz(msgpackStream),
  "json.gzip": inGzip(json),
  strictJson,
  png,
  exr,
};

/** A sample, its data set, and what Python changes so that the schema no longer holds: the rule that says so. */
const samples: readonly (readonly [file: string, id: string, change: string, rule: string])[] = [
  ["amass.npz", "amass", "d['trans'] = d['trans'][:-1]", "/properties/trans"],
  ["amass_smplx.npz", "amass", "d['gender'] = np.array('x')", "/properties/gender/enum"],
  [
    "data_3d_h36m.npz",
    "videopose3d",
    "d['positions_3d'].item()['S1']['Directions'] = np.zeros((4, 17, 3), 'f4')",
    "/properties/positions_3d/",
  ],
  ["data_2d_h36m.npz", "videopose3d/detections", "d['metadata'].item()['num_joints'] = 0", "minimum"],
  [
    "data_2d_h36m_gt.npz",
    "videopose3d/detections",
    "d['positions_2d'].item()['S1']['Walking'][0] = np.zeros((3, 17, 3), 'f4')",
    "/properties/positions_2d",
  ],
  ["pw3d.pkl", "pw3d", "d['trans'][1] = d['trans'][1][:-1]", "/properties/trans"],
  ["keypoints3d.pkl", "aistpp/keypoints3d", "d['keypoints3d'] = d['keypoints3d'][:, :16]", "keypoints"],
  ["keypoints2d.pkl", "aistpp/keypoints2d", "d['timestamps'] = d['timestamps'][:-1]", "/properties/timestamps"],
  ["motions.pkl", "aistpp/motions", "d['smpl_poses'] = d['smpl_poses'][:, :69]", "/properties/smpl_poses"],
  ["person_keypoints.json", "coco_keypoints", "d['annotations'][1]['id'] = d['annotations'][0]['id']", "unique"],
  ["sleap.analysis.h5", "sleap", "d['track_occupancy'] = d['track_occupancy'][:-1]", "/properties/track_occupancy"],
  ["sleap_untracked.analysis.h5", "sleap", "d['tracks'] = d['tracks'][:, :1]", "/properties/tracks"],
  [
    "sleap_standard.analysis.h5",
    "sleap/standard",
    "d['track_occupancy'] = d['track_occupancy'][:-1]",
    "/properties/track_occupancy",
  ],
  ["annot.h5", "h36m_h5", "d['subject'] = d['subject'][:-1]", "/properties/subject"],
  ["freihand", "freihand", "d['training_K.json'] = d['training_K.json'][:-1]", "/properties/K"],
];

describe("eight public layouts, described by schemas alone", { timeout: 60_000 }, () => {
  let registry: readonly RegistryEntry[];
  let place: string;

  beforeAll(async () => {
    const { project, problems } = await loadSchemas(join(EXAMPLES, "schemas"));
    expect(problems).toEqual([]);
    registry = interpretProject(project, codecs).registry;
    place = mkdtempSync(join(tmpdir(), "somakit-examples-"));
  });
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  const opened = (path: string, file: string): Promise<Source | Folder> =>
    file === "freihand" ? fileFolder(path) : fileSource(path);

  async function issuesOf(path: string, file: string) {
    const source = await opened(path, file);
    const [found] = await detect(registry, source);
    if (!found) return { id: undefined, issues: [] };
    const { entry, layout, container, root } = found;
    const issues = await checkFile({ layout, container, source, root }, { depth: "values" });
    return { id: entry.id, issues: issues.filter(({ severity }) => severity !== "info") };
  }

  it.each(samples)("%s is recognised as %s and valid", async (file, id) => {
    expect(await issuesOf(join(SAMPLES, file), file)).toEqual({ id, issues: [] });
  });

  it.each(samples)("%s, read and written, is recognised and valid again", async (file, id) => {
    await copy(file, id);
    expect(await issuesOf(join(place, file), file)).toEqual({ id, issues: [] });
  });

  async function copy(file: string, id: string): Promise<void> {
    const layout = await (registry.find((entry) => entry.id === id) as RegistryEntry).load();
    const value = await readWith(layout, (await opened(join(SAMPLES, file), file)) as Source);
    rmSync(join(place, file), { recursive: true, force: true });
    const sink = file === "freihand" ? await folderSink(join(place, file)) : await fileSink(join(place, file));
    await writeWith(layout, sink as Awaited<ReturnType<typeof fileSink>>, value);
  }

  const python = (...lines: readonly string[]): string =>
    execFileSync(debianPython as string, ["-c", [SUPPORT, ...lines].join("\n")], { encoding: "utf8" });

  it.skipIf(!debianPython)("what is written is what Python wrote, for Python", async () => {
    for (const [file, id] of samples) await copy(file, id);
    const compare = samples.map(([file]) => `same(${JSON.stringify(file)})`);
    expect(python(`A, B = ${JSON.stringify(SAMPLES)}, ${JSON.stringify(place)}`, ...compare, "print('equal')")).toBe(
      "equal\n",
    );
  });

  it.skipIf(!debianPython).each(samples)("%s of %s is refused after: %s", async (file, id, change, rule) => {
    const hostile = join(place, `hostile-${file}`);
    cpSync(join(SAMPLES, file), hostile, { recursive: true });
    python(`change(${JSON.stringify(hostile)}, ${JSON.stringify(change)})`);
    const found = await issuesOf(hostile, file);
    expect(found.id).toBe(id);
    expect(found.issues.map((issue) => issue.rule).join("\n")).toContain(rule);
  });

  it("a file that is cut off is an error, for each of them", async () => {
    for (const [file] of samples.filter(([name]) => name !== "freihand")) {
      const bytes = readFileSync(join(SAMPLES, file));
      const cut = join(place, `cut-${file}`);
      writeFileSync(cut, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
      const result = await issuesOf(cut, file).catch((error: Error) => error);
      if (result instanceof Error) expect(result.name).toBe("FormatError");
      else expect(result.issues.length, file).toBeGreaterThan(0);
    }
  });
});

/** Reads any of the samples as its own tools do, compares two of them, and changes one. */
const SUPPORT = `
import json, os, pickle
import numpy as np, h5py
def load(path):
    if os.path.isdir(path):
        read = lambda p: json.load(open(p)) if p.endswith('.json') else open(p, 'rb').read()
        return {os.path.relpath(os.path.join(d, f), path): read(os.path.join(d, f)) for d, _, fs in os.walk(path) for f in fs}
    if path.endswith('.npz'): return dict(np.load(path, allow_pickle=True))
    if path.endswith('.pkl'): return pickle.load(open(path, 'rb'), encoding='latin1')
    if path.endswith('.json'): return json.load(open(path))
    found = {}
    with h5py.File(path, 'r') as file:
        def visit(name, node):
            found.update({name + '@' + k: v for k, v in node.attrs.items()})
            if isinstance(node, h5py.Dataset): found[name] = node[()]
        visit('', file); file.visititems(visit)
    return found
def equal(a, b, at):
    if isinstance(a, np.ndarray) and a.dtype == object and a.shape == () : return equal(a.item(), b.item(), at)
    if isinstance(a, np.ndarray):
        assert isinstance(b, np.ndarray) and a.shape == b.shape, (at, type(b))
        assert a.dtype == b.dtype, (at, a.dtype, b.dtype)
        assert np.array_equal(a, b, equal_nan=a.dtype.kind == 'f'), at
    elif isinstance(a, dict):
        assert set(a) == set(b), (at, set(a) ^ set(b))
        for k in a: equal(a[k], b[k], at + '/' + str(k))
    elif isinstance(a, (list, tuple)):
        assert type(a) == type(b) and len(a) == len(b), at
        for i, (x, y) in enumerate(zip(a, b)): equal(x, y, at + '/' + str(i))
    # JSON has one kind of numbers.
    elif '.json' in at and type(a) in (int, float): assert a == b and type(b) in (int, float), (at, a, b)
    else: assert a == b and type(a) == type(b), (at, a, b, type(a), type(b))
def same(name):
    a, b = load(os.path.join(A, name)), load(os.path.join(B, name))
    if 'mocap_frame_rate' in a: a['mocap_framerate'] = a.pop('mocap_frame_rate')
    equal(a, b, name)
def change(path, code):
    d = load(path)
    exec(code)
    if os.path.isdir(path):
        for k, v in d.items():
            if k.endswith('.json'): json.dump(v, open(os.path.join(path, k), 'w'))
    elif path.endswith('.npz'): np.savez(path, **d)
    elif path.endswith('.pkl'): pickle.dump(d, open(path, 'wb'), protocol=2)
    elif path.endswith('.json'): json.dump(d, open(path, 'w'))
    else:
        with h5py.File(path, 'a') as file:
            for k, v in d.items():
                if '@' in k or k not in file or np.shape(file[k]) == np.shape(v): continue
                del file[k]; file[k] = v
`;
