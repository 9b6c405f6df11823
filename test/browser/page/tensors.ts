import { NdArray } from "@somakit/core";
import { onnx, tfjs, toTensors } from "@somakit/core/tensor";
import * as humandata from "@somakit/formats/humandata";
import { type BrowserCheck, expectSame, expectThat, Unavailable } from "./check.js";
import { fixtureBytes } from "./files.js";

type Backend = "cpu" | "webgl" | "webgpu";

/** Code of TensorFlow.js that runs on one kind of device, loaded when it is needed. Throws where there is no such device. */
async function tensorflow(backend: Backend) {
  const tf = await import("@tensorflow/tfjs-core");
  if (backend === "cpu") await import("@tensorflow/tfjs-backend-cpu");
  else if (backend === "webgl") {
    if (!new OffscreenCanvas(1, 1).getContext("webgl2")) throw new Unavailable("no WebGL context");
    await import("@tensorflow/tfjs-backend-webgl");
  } else {
    if (!(await hasWebGpu())) throw new Unavailable("no WebGPU adapter");
    await import("@tensorflow/tfjs-backend-webgpu");
  }
  expectThat(`tfjs starts on ${backend}`, await tf.setBackend(backend));
  return tf;
}

async function hasWebGpu(): Promise<boolean> {
  const { gpu } = navigator as { readonly gpu?: { requestAdapter(): Promise<object | null> } };
  return Boolean(await gpu?.requestAdapter());
}

/** 1 to 6 in three rows, each laid out in memory in a way of its own. */
const floats = NdArray.from("float32", Float32Array.of(1, 3, 5, 2, 4, 6), [2, 3]).transpose();
const ints = NdArray.fromBytes(">i8", [3, 2], bigEndian(1, 2, 3, 4, 5, 6)) as NdArray<"int64">;
const masks = NdArray.from("bool", Uint8Array.of(0, 1, 1, 0, 0, 1), [3, 2]).slice([null, null, -1]);
const pairs = NdArray.from("complex64", Float32Array.of(9, 9, 1, -1, 2, -2), [3]).slice([1, null]);

function bigEndian(...numbers: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * numbers.length));
  for (const [index, number] of numbers.entries()) view.setBigInt64(8 * index, BigInt(number));
  return new Uint8Array(view.buffer);
}

const onBackend = (backend: Backend): BrowserCheck => ({
  name: `hands arrays to tfjs, which calculates with them on ${backend}`,
  async run() {
    const tf = await tensorflow(backend);
    const one = tf.scalar(1, "int32");
    const tensors = toTensors({ floats, ints, masks, pairs }, tfjs(tf));
    const results = {
      floats: tf.neg(tensors.floats),
      ints: tf.add(tensors.ints, one),
      masks: tf.logicalNot(tensors.masks),
      pairs: tf.imag(tensors.pairs),
    };
    const found = Object.entries(results).map(async ([key, { dtype, shape }]) => {
      const data = await results[key as keyof typeof results].data();
      return [dtype, shape, [...data]];
    });
    expectSame("results", await Promise.all(found), [
      ["float32", [3, 2], [-1, -2, -3, -4, -5, -6]],
      ["int32", [3, 2], [2, 3, 4, 5, 6, 7]],
      ["bool", [3, 2], [1, 0, 0, 1, 1, 0]],
      ["float32", [2], [-1, -2]],
    ]);
    tf.dispose([one, tensors, results]);
    expectSame("tensors left behind", tf.memory().numTensors, 0);
    return "";
  },
});

const wholeFile = (backend: Backend): BrowserCheck => ({
  name: `hands all arrays of a file to tfjs on ${backend}`,
  async run() {
    const tf = await tensorflow(backend);
    const data = await humandata.read(await fixtureBytes("full.npz"));
    tf.engine().startScope();
    const tensors = toTensors(data, tfjs(tf), {
      dtype: "float32",
      nested: true,
      other: "omit",
      unsupported: "skip",
    });
    const count = tf.memory().numTensors;
    expectThat(`${count} tensors are made`, count > 20);
    const keypoints = data.keypoints2d as NdArray<"float64">;
    const computed = tf.abs(tensors.keypoints2d as NonNullable<typeof tensors.keypoints2d>);
    expectSame("shape", computed.shape, keypoints.shape);
    const expected = Array.from(keypoints, (number) => Math.abs(Math.fround(number)));
    expectSame("keypoints", [...(await computed.data())], expected);
    expectSame("pose", tensors.smpl?.body_pose?.shape, data.smpl?.body_pose?.shape);
    expectSame("names of images", "image_path" in tensors, false);
    tf.engine().endScope();
    expectSame("tensors left behind", tf.memory().numTensors, 0);
    return `${count} tensors`;
  },
});

const toOnnxruntime: BrowserCheck = {
  name: "hands arrays to onnxruntime",
  async run() {
    const ort = await import("onnxruntime-common");
    const halves = NdArray.from("float16", Uint16Array.of(0x3c00, 0xc000, 0x7bff), [3]).slice([null, null, -1]);
    const tensors = toTensors({ floats, ints, masks, halves }, onnx(ort));
    const found = Object.values(tensors).map(({ type, dims, data }) => [
      type,
      dims,
      [...(data as never[])].map(Number),
    ]);
    const native = "Float16Array" in globalThis;
    expectSame("tensors", found, [
      ["float32", [3, 2], [1, 2, 3, 4, 5, 6]],
      ["int64", [3, 2], [1, 2, 3, 4, 5, 6]],
      ["bool", [3, 2], [0, 1, 1, 0, 0, 1]],
      ["float16", [3], native ? [65504, -2, 1] : [0x7bff, 0xc000, 0x3c00]],
    ]);
    return native ? "with Float16Array" : "without Float16Array";
  },
};

export const tensors: readonly BrowserCheck[] = [
  ...(["cpu", "webgl", "webgpu"] as const).flatMap((backend) => [onBackend(backend), wholeFile(backend)]),
  toOnnxruntime,
];
