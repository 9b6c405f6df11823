import type { ContainerCodec } from "@somakit/core";
import {
  exr,
  folder,
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

const plain: Readonly<Record<string, ContainerCodec>> = {
  npz,
  npy,
  pickle,
  json,
  hdf5,
  folder,
  "msgpack-stream": msgpackStream,
};

/** What schemas that are interpreted may name: containers, compressed ones, and what the files of a folder may be. */
export const codecs: Readonly<Record<string, ContainerCodec>> = {
  ...plain,
  ...Object.fromEntries(Object.entries(plain).map(([kind, codec]) => [`${kind}.xz`, inXz(codec)])),
  ...Object.fromEntries(Object.entries(plain).map(([kind, codec]) => [`${kind}.gzip`, inGzip(codec)])),
  strictJson,
  png,
  exr,
};
