import { Worker } from 'node:worker_threads'

/**
 * Starts a thread with the module at `url`, which is named without its extension. Compiled, it is a file of
 * JavaScript; from source, `tsx` has to be loaded before it.
 *
 * @param data what the thread has as `workerData`
 */
export function startWorker(url: URL, data: unknown): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(`${url.href}.js`), { workerData: data })
  const boot = `import('tsx/esm/api').then(({ register }) => { register(); return import('${url.href}.ts') })`
  return new Worker(boot, { eval: true, workerData: data })
}
