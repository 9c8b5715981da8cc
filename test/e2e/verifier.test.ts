import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { zipSync } from 'fflate'
import { beforeAll, describe, expect, test } from 'vitest'
import { ledgerArgs, writeVenue } from '../../scripts/soundness/samples/venue.js'
import { folderSource, openSource, readPins } from '../../src/inputs/index.js'
import {
  bytesSource,
  type EpochReport,
  type InclusionReport,
  type KeyPins,
  openEpoch,
  type Source,
  urlSource,
  verifyEpoch,
  zipSource,
} from '../../src/verify.js'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'

const folder = temporaryFolder()
const at = (path: string) => join(folder, path)
/** Every public file of the epoch, by its path. */
let files: Record<string, Uint8Array>
let pins: KeyPins

beforeAll(async () => {
  const venue = writeVenue(folder)
  const run = async (...args: string[]) => {
    const { code, stderr } = await plimsoll(...args, '--json')
    expect(code, stderr).toBe(0)
  }
  await run('setup', 'ledger-tiny', 'solvency-tiny', '--pins', at('pins.json'))
  await run(...ledgerArgs(venue, at('epoch')))
  await run('solvency', 'prove', '--epoch', at('epoch'), '--reserves', venue.reserves)
  const account = ['--account', 'carol-5519', '--accounts', venue.accounts, '--out', at('carol.json')]
  await run('inclusion', 'export', '--epoch', at('epoch'), ...account)
  pins = await readPins(at('pins.json'))
  files = Object.fromEntries(
    readdirSync(at('epoch'), { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(at(join('epoch', path))).isFile())
      .map((path) => [path, new Uint8Array(readFileSync(at(join('epoch', path))))]),
  )
})

/** What an epoch is found to be, without how its files are accounted for. */
async function foundIn(source: Source) {
  const { report, epoch } = await openEpoch(source, { pins })
  const details = report.checks.map(({ id, valid, detail }) => [id, valid, id === 'files' ? '' : detail])
  return { details, manifest: epoch?.manifest, policy: epoch?.policy, proofs: epoch?.proofs }
}

function failedOf({ checks }: Pick<EpochReport, 'checks'>): string[] {
  return checks.filter(({ valid }) => !valid).map(({ id }) => id)
}

type Body = ConstructorParameters<typeof Response>[0]

/** A web server of some files, and what it was asked for. */
async function served<T>(
  there: Record<string, Uint8Array>,
  work: (base: string, asked: string[]) => Promise<T>,
): Promise<T> {
  const asked: string[] = []
  const server = createServer(({ url }, answer) => {
    const path = url!.replace('/epochs/2026-01/', '')
    asked.push(path)
    const file = there[path]
    answer.writeHead(file === undefined ? 404 : 200)
    answer.end(file)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    return await work(`http://127.0.0.1:${port}/epochs/2026-01`, asked)
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}

describe('an epoch is the same wherever it is read from (epoch.14)', () => {
  test('a folder, an archive, addresses and memory give one report and one epoch', async () => {
    const folderFound = await foundIn(folderSource(at('epoch')))
    expect(folderFound.proofs).toHaveLength(3)
    const nested = Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`epoch/${path}`, bytes]))
    expect(await foundIn(bytesSource(files))).toEqual(folderFound)
    expect(await foundIn(zipSource(zipSync(files), 'epoch.zip'))).toEqual(folderFound)
    expect(await foundIn(zipSource(zipSync(nested), 'epoch.zip'))).toEqual(folderFound)
    await served(files, async (base, asked) => {
      expect(await foundIn(await openSource(base))).toEqual(folderFound)
      const mayBe = [...Object.keys(files), 'signature.json']
      expect(asked.toSorted(), 'each file is asked for once, and no other').toEqual(mayBe.sort())
      const addresses = Object.fromEntries(Object.keys(files).map((path) => [path, `${base}/${path}`]))
      expect(await foundIn(urlSource(addresses))).toEqual(folderFound)
    })
  })

  test('a file that is missing, or one that the manifest does not name, fails by name', async () => {
    const { 'ledger/0000/0000001.json': last, ...without } = files
    const missing = await verifyEpoch(bytesSource(without), { pins })
    expect(failedOf(missing)).toEqual(['files', 'batch:0000001', 'chain'])
    for (const path of ['ledger/0000/0000099.json', 'ledger/0001/0001000.json', 'ledger/0000000.json']) {
      const archive = zipSource(zipSync({ ...files, [path]: last! }), 'epoch.zip')
      expect(failedOf(await verifyEpoch(archive, { pins })), path).toEqual(['files'])
    }
    await served(without, async (base) => {
      const { checks } = await verifyEpoch(urlSource(base), { pins })
      expect(failedOf({ checks }), 'an address cannot be listed').toEqual(['batch:0000001', 'chain'])
      expect(checks.find(({ id }) => id === 'files')!.detail).toContain('cannot say what else lies there')
    })
    await expect(verifyEpoch(bytesSource({}, 'nothing'), { pins })).rejects.toMatchObject({
      code: 'EPOCH_MISSING',
      where: 'nothing',
    })
  })

  test('an archive that two readers could read differently, or that is none, is refused', async () => {
    const archive = zipSync({ 'aaaa.json': files['manifest.json']!, 'bbbb.json': files['risk.json']! })
    const [a, b] = ['aaaa.json', 'bbbb.json'].map((name) => Buffer.from(name))
    const twice = Buffer.from(archive)
    for (let i = twice.indexOf(b!); i >= 0; i = twice.indexOf(b!)) a!.copy(twice, i)
    const huge = Buffer.from(archive)
    // The size of the first file as the central directory has it, 24 bytes behind its signature.
    huge.writeUInt32LE(0x7fffffff, huge.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24)
    for (const [bytes, code] of [
      [twice, 'ARCHIVE_DUPLICATE'],
      [huge, 'ARCHIVE_SIZE'],
      [archive.slice(0, -30), 'ARCHIVE_FORMAT'],
      [new Uint8Array(3), 'ARCHIVE_FORMAT'],
    ] as const) {
      expect(() => zipSource(bytes, 'epoch.zip'), code).toThrow(
        expect.objectContaining({ code, where: 'epoch.zip', exitCode: 2 }),
      )
    }
  })

  test('nothing in an archive escapes the count of its files', async () => {
    const junk = new Uint8Array(1)
    for (const path of [
      'ledger//0000000.json',
      'ledger/./x.json',
      '../x.json',
      '/x.json',
      'ledger\\x.json',
      'keys/ledger-tiny.json/x.json',
      'manifest.json/',
    ]) {
      const archive = zipSync({ ...files, [path]: junk })
      expect(() => zipSource(archive, 'epoch.zip'), path).toThrow(
        expect.objectContaining({ code: 'SOURCE_PATH', where: 'epoch.zip', exitCode: 2 }),
      )
    }
    const folders = zipSync({ 'ledger/': new Uint8Array(), ...files })
    expect(failedOf(await verifyEpoch(zipSource(folders, 'epoch.zip'), { pins })), 'the control').toEqual([])
  })

  test('what a server sends is bounded and has to be whole', async () => {
    const answer =
      (body: Body, status = 200) =>
      async () =>
        new Response(body, { status })
    const endless = () =>
      new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(1 << 20)) }) as Body
    const broken = () => new ReadableStream({ pull: (stream) => stream.error(new Error('reset')) }) as Body
    const read = (fetch: typeof globalThis.fetch) =>
      urlSource('https://venue.example/epoch', { fetch }).read('risk.json', 3 << 20)
    const where = 'https://venue.example/epoch/risk.json'
    await expect(read(answer(endless()))).rejects.toMatchObject({ code: 'JSON_SIZE', where })
    for (const fetch of [answer('', 500), answer(broken()), () => Promise.reject(new Error('offline'))]) {
      await expect(read(fetch)).rejects.toMatchObject({ code: 'FILE_ACCESS', where, exitCode: 2 })
    }
    expect(await read(answer(null, 404))).toBeUndefined()
    expect(Buffer.from((await read(answer('{}')))!).toString(), 'the control').toBe('{}')
    expect(() => urlSource('file:///etc/passwd')).toThrow(expect.objectContaining({ code: 'SOURCE_ADDRESS' }))
  })

  test('the command line takes an archive and an address as it takes a folder', async () => {
    writeFileSync(at('epoch.zip'), zipSync(files))
    const trust = ['--pins', at('pins.json')]
    const verdict = async (...args: string[]) => {
      const { code, stdout } = await plimsoll(...args, ...trust)
      return [code, stdout.trimEnd().split('\n').at(-1)]
    }
    expect(await verdict('verify', at('epoch.zip'))).toEqual([0, 'VALID'])
    const inclusion = await plimsoll(
      'inclusion',
      'verify',
      at('carol.json'),
      '--epoch',
      at('epoch.zip'),
      ...trust,
    )
    expect([inclusion.code, inclusion.stdout]).toEqual([0, expect.stringContaining('INCLUDED')])
    await served(files, async (base) => expect(await verdict('verify', base)).toEqual([0, 'VALID']))
  })
})

describe('whoever verifies needs a browser and nothing else (epoch.15)', () => {
  const bundled = (entry: string, format: 'iife' | 'esm') =>
    build({
      entryPoints: [fileURLToPath(new URL(`../../src/${entry}`, import.meta.url))],
      bundle: true,
      platform: 'browser',
      format,
      globalName: 'plimsoll',
      write: false,
      logLevel: 'silent',
    })
  /**
   * What a page has and JavaScript itself has not: no `process`, no `Buffer`, no `require`, nothing that
   * reads a file.
   */
  const page = () => {
    const { TextDecoder, TextEncoder, URL, atob, btoa, console, crypto, fetch, setTimeout, performance } =
      globalThis
    return createContext({
      TextDecoder,
      TextEncoder,
      URL,
      atob,
      btoa,
      console,
      crypto,
      fetch,
      setTimeout,
      performance,
    })
  }

  test('the verifier is bundled for a browser without a shim, opens an epoch in memory and finds an account in it', async () => {
    const { outputFiles } = await bundled('verify.ts', 'iife')
    const browser = page()
    runInContext(outputFiles[0]!.text, browser)
    const text = (path: string) => readFileSync(at(path), 'utf8')
    const texts = Object.fromEntries(
      Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes).toString()]),
    )
    Object.assign(browser, {
      given: JSON.stringify({ texts, pins: text('pins.json'), inclusion: text('carol.json') }),
    })
    const found = await (runInContext(
      `(async () => {
        const { texts, pins, inclusion } = JSON.parse(given)
        const { bytesSource, openEpoch, parseInclusion, parsePins, verifyInclusion } = plimsoll
        const options = { pins: parsePins(pins, 'pins.json') }
        const opened = await openEpoch(bytesSource(texts), options)
        const file = parseInclusion(inclusion, 'carol.json')
        const changed = structuredCloneOf(file)
        changed.salt = '1'
        const weaker = await openEpoch(bytesSource({ ...texts, 'policy.json': '{}' }), options)
        return JSON.stringify({
          report: opened.report,
          inclusion: verifyInclusion(file, opened),
          other: verifyInclusion(changed, opened).verdict,
          invalid: [weaker.report.valid, 'epoch' in weaker, verifyInclusion(file, weaker).verdict],
        })
        function structuredCloneOf(value) { return JSON.parse(JSON.stringify(value)) }
      })()`,
      browser,
    ) as Promise<string>)
    const { report, inclusion, other, invalid } = JSON.parse(found) as {
      report: EpochReport
      inclusion: InclusionReport
      other: string
      invalid: unknown[]
    }
    const { report: here } = await openEpoch(folderSource(at('epoch')), { pins })
    expect(report).toEqual(JSON.parse(JSON.stringify(here)))
    expect([report.valid, inclusion.verdict, inclusion.account]).toEqual([true, 'included', 'carol-5519'])
    expect(inclusion.balances.map(({ instrument, quantity }) => [instrument, quantity])).toEqual([
      ['BTC', '0.00918273'],
      ['ETH', '7.46352819'],
      ['USDT', '918273.645546'],
    ])
    expect(other).toBe('not included')
    expect(invalid).toEqual([false, false, 'cannot tell'])
  })

  test('what reads files by their paths is not for a browser, and the same bundler says so', async () => {
    await expect(bundled('inputs/index.ts', 'esm')).rejects.toThrow(/Could not resolve "node:/)
  })
})
