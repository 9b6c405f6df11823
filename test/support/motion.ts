import { readFile } from "node:fs/promises";
import {
  convertMotion,
  type Layout,
  MemorySink,
  type MotionInfo,
  type MotionReport,
  memorySource,
  type OpenedFile,
  openFile,
  openMotion,
  type WriteMotionOptions,
} from "@somakit/core";
import { loadConvention } from "@somakit/formats/conventions";
import { registry } from "@somakit/formats/registry";

const FIXTURES = new URL("../conformance/", import.meta.url);

export async function layoutOf(id: string): Promise<Layout> {
  const entry = registry.find((one) => one.id === id);
  if (!entry) throw new Error(`no data set ${id}`);
  return entry.load();
}

/** A fixture, such as `pyskl/ntu3d_f16_p2_np1.pkl`, as the data set `id`. */
export async function fixture(id: string, path: string): Promise<OpenedFile> {
  return opened(id, new Uint8Array(await readFile(new URL(path, FIXTURES))));
}

export async function opened(id: string, bytes: Uint8Array): Promise<OpenedFile> {
  return openFile(await layoutOf(id), memorySource(bytes));
}

export interface Converted {
  readonly bytes: Uint8Array;
  readonly report: MotionReport;
}

export async function convertTo(
  file: OpenedFile,
  id: string,
  options: Partial<WriteMotionOptions> = {},
): Promise<Converted> {
  const layout = await layoutOf(id);
  const conversion = await convertMotion(openMotion(file), layout, { conventions: loadConvention, ...options });
  const sink = new MemorySink();
  await conversion.write(sink);
  return { bytes: sink.bytes(), report: conversion.report };
}

/** Everybody in every frame, as text that compares: sequence, frame, person, then the numbers. */
export interface Seen {
  readonly info: MotionInfo;
  readonly frames: number;
  /** By frame: of each who is there the positions and confidences of each layer. */
  readonly people: readonly (readonly string[])[];
}

export async function seenIn(file: OpenedFile, frames = 4096): Promise<readonly Seen[]> {
  const all: Seen[] = [];
  for await (const sequence of openMotion(file).sequences()) {
    const people: string[][] = [];
    for await (const window of sequence.windows({ frames })) {
      for (let frame = 0; frame < window.frames; frame++) {
        const there: string[] = [];
        for (const points of window.layers.values()) {
          for (let person = 0; person < window.people; person++) {
            if (!points.present.get(frame, person)) continue;
            const positions = [...points.positions.slice(frame, person)];
            there.push(`${positions.join(" ")} | ${[...(points.confidence?.slice(frame, person) ?? [])].join(" ")}`);
          }
        }
        people.push(there);
      }
    }
    all.push({ info: sequence.info, frames: people.length, people });
  }
  return all;
}

export function lost({ notes }: MotionReport): readonly string[] {
  return notes.filter(({ kind }) => kind === "lost").map(({ what }) => what);
}
