import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/errors/index.js'
import { openBrowserArtifacts } from '../../../src/proving/browser/artifacts.js'
import type { PageMessage, WorkerReply } from '../../../src/proving/browser/messages.js'
import { packError } from '../../../src/proving/browser/portable-error.js'
import { browserProver } from '../../../src/proving/browser/prover.js'
import type { BrowserWorker } from '../../../src/proving/browser/workers.js'
import { ensureArtifacts } from '../../../src/proving/index.js'
import { TEST_CACHE } from '../../helpers/cli.js'

/** A worker that refuses whatever it is asked to prove, as long as it lives. */
class Refusing implements BrowserWorker {
  private readonly listeners: [type: string, listener: (event: { data: unknown }) => void][] = []
  private alive = true

  postMessage(message: unknown): void {
    const asked = message as PageMessage
    if (!this.alive || asked.kind !== 'prove') return
    const failed = packError(new InputError('REFUSED', 'not this one'))
    this.tell('message', { id: asked.id, failed } satisfies WorkerReply)
  }

  addEventListener(type: string, listener: (event: { data: unknown }) => void): void {
    this.listeners.push([type, listener])
  }

  terminate(): void {
    this.alive = false
  }

  tell(type: string, data?: unknown): void {
    for (const [name, listener] of this.listeners) if (name === type) listener({ data })
  }
}

describe('a prover in a browser (proof.22)', () => {
  test('starts others when its workers have ended while nobody asked them for anything', async () => {
    const workers: Refusing[] = []
    const prover = browserProver({
      worker: () => {
        const worker = new Refusing()
        workers.push(worker)
        return worker
      },
    })
    const asked = () => prover.prove({} as never, {})
    await expect(asked()).rejects.toMatchObject({ code: 'REFUSED' })
    await expect(asked()).rejects.toMatchObject({ code: 'REFUSED' })
    expect(workers, 'control: they stay').toHaveLength(1)
    workers[0]!.tell('error')
    await expect(asked()).rejects.toMatchObject({ code: 'REFUSED' })
    expect(workers).toHaveLength(2)
    prover.end()
  })

  test('takes no more of a server that never ends than a key can have', async () => {
    const { directory } = await ensureArtifacts('ledger-tiny', { cacheDir: TEST_CACHE })
    const manifest = readFileSync(join(directory, 'key.json'), 'utf8')
    const zeros = new Uint8Array(2 ** 22)
    let given = 0
    const endless = new ReadableStream({
      pull(controller) {
        given += zeros.length
        controller.enqueue(zeros)
      },
    })
    const opened = openBrowserArtifacts({ manifest, provingKey: new Response(endless) })
    await expect(opened).rejects.toMatchObject({ code: 'ARTIFACT_BROKEN', where: 'proving.zkey' })
    const { domainSize } = JSON.parse(manifest)
    expect(given).toBeLessThan(2 ** 26 + 2 ** 13 * domainSize + 4 * zeros.length)
  })
})
