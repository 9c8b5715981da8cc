import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { start, temporaryFolder } from '../helpers/cli.js'

const folder = temporaryFolder()
const cacheOf = (name: string) => ({ PLIMSOLL_CACHE: join(folder, name) })

describe('setup (cli.25)', () => {
  test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'F06: %s in the middle leaves nothing in the cache, and no process that goes on',
    async (signal) => {
      const cache = join(folder, signal)
      const { child, ended } = start(['setup', 'solvency-tiny'], { PLIMSOLL_CACHE: cache })
      await new Promise<void>((resolve) => {
        child.stderr!.on('data', () => {
          if (existsSync(cache) && readdirSync(cache).some((name) => name.includes('.making.'))) resolve()
        })
      })
      child.kill(signal)
      expect((await ended).code).toBeGreaterThan(128)
      expect(existsSync(cache) ? readdirSync(cache) : []).toEqual([])
    },
  )

  test('--list shows what the cache holds, --prune removes what is of no use and nothing else, and says so', async () => {
    const cache = join(folder, 'pruned')
    mkdirSync(cache, { mode: 0o700 })
    const outdated = `ledger-tiny-${'0'.repeat(16)}`
    const unfinished = `${outdated}.making.0011223344ff`
    // Names alone do not make what is somebody else's Plimsoll's.
    const others = [`notes-${'0'.repeat(16)}.txt`, 'photos', `photos-${'0'.repeat(16)}`]
    for (const name of [outdated, unfinished, ...others]) mkdirSync(join(cache, name))
    writeFileSync(join(cache, others[2]!, 'summer.jpg'), 'x')
    writeFileSync(join(cache, outdated, 'proving.zkey'), 'x'.repeat(1000))
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await start(['setup', ...args], { PLIMSOLL_CACHE: cache }).ended
      expect(code, stderr).toBe(0)
      return stdout
    }
    const states = [
      { name: outdated, instance: 'ledger-tiny', state: 'outdated', bytes: 1000 },
      { name: unfinished, instance: 'ledger-tiny', state: 'unfinished' },
    ]
    expect(JSON.parse(await run('--list', '--json')).cache).toMatchObject({
      directory: cache,
      entries: states,
    })
    expect(await run('--list')).toMatch(new RegExp(`${outdated} .*outdated`))
    expect(JSON.parse(await run('--prune', '--json'))).toMatchObject({ directory: cache, removed: states })
    expect(readdirSync(cache)).toEqual(others)
    expect(await run('--prune')).toContain(`nothing to remove from ${cache}`)
  })

  test('--prune removes nothing from a cache that others can write to, exit 3; with --list it is bad usage', async () => {
    const cache = join(folder, 'open')
    mkdirSync(join(cache, `ledger-tiny-${'0'.repeat(16)}`), { recursive: true })
    chmodSync(cache, 0o777)
    const { code, stdout } = await start(['setup', '--prune', '--json'], cacheOf('open')).ended
    expect([code, JSON.parse(stdout).error]).toMatchObject([3, { code: 'CACHE_EXPOSED', where: cache }])
    expect(readdirSync(cache)).toHaveLength(1)
    expect((await start(['setup', '--prune', '--list'], cacheOf('open')).ended).code).toBe(2)
  })
})
