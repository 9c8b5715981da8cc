/** A Web Worker, as far as it is used. The browser's `Worker` is one. */
export interface BrowserWorker {
  postMessage(message: unknown, transfer: unknown[]): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'error' | 'messageerror', listener: (event: object) => void): void
  terminate(): void
}

/** The global scope of a Web Worker, as far as it is used: `globalThis` there. */
export interface WorkerScope {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
}

/** One end of a channel to another worker. */
export interface ThreadPort {
  postMessage(message: unknown): void
  onmessage: ((event: { data: unknown }) => void) | null
}

/** Whether the page may share memory between threads: it is cross-origin isolated. */
export function sharesMemory(): boolean {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean }
  return crossOriginIsolated === true && typeof SharedArrayBuffer === 'function'
}

/** How many threads the machine runs at once, as the browser says. */
export function hardwareThreads(): number {
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } }
  return navigator?.hardwareConcurrency ?? 1
}
