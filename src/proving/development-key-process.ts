import { ArtifactError } from '../errors/index.js'
import type { Progress } from './compile.js'
import { forkModule } from './fork-module.js'

/** Messages of the process that makes a key: progress, or the reason of a failure. */
export type KeyProcessMessage = { progress: string } | { code: string; message: string; where?: string }

/**
 * Makes a development key in a separate process, which overwrites what it can of the key's secrets and ends:
 * nothing of them is ever in the memory of the process that goes on to prove.
 *
 * @throws {ArtifactError} `ARTIFACT_FORMAT` when the circuit's file is broken, `KEY_FAILED`
 */
export async function makeDevelopmentKey(
  r1csPath: string,
  zkeyPath: string,
  onProgress?: Progress,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = forkModule(new URL('./development-key-main', import.meta.url), [r1csPath, zkeyPath], {
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    let fault: ArtifactError | undefined
    child.on('message', (message: KeyProcessMessage) => {
      if ('progress' in message) onProgress?.(message.progress)
      else {
        const { code, message: why, where } = message
        fault = new ArtifactError(code, why, where === undefined ? {} : { where })
      }
    })
    const fail = (cause?: unknown) =>
      reject(
        fault ??
          new ArtifactError(
            'KEY_FAILED',
            'the process that made the key ended early, perhaps out of memory',
            {
              where: zkeyPath,
              cause,
            },
          ),
      )
    child.on('error', fail)
    child.on('close', (code) => (code === 0 && fault === undefined ? resolve() : fail()))
  })
}
