/**
 * What `load` imports, asked for when it is first needed. An `import()` takes microseconds even of what is there already, which
 * is long beside a small value; here it is made once. A failure is not kept: the network may be back the next time.
 */
export function later<M>(load: () => Promise<M>): () => Promise<M> {
  let loaded: Promise<M> | undefined;
  return () => {
    if (loaded) return loaded;
    const loading = load();
    loaded = loading;
    loading.catch(() => {
      loaded = undefined;
    });
    return loading;
  };
}
