/**
 * A process that locks: `hold` until it is killed, or `rounds` of taking and being left as by a process that
 * died.
 */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { withFileLock } from '../../src/files/index.js'

const [mode, path, count] = process.argv.slice(2) as [string, string, string | undefined]
const wait = () => setTimeout(5)

if (mode === 'hold') {
  await withFileLock(
    path,
    async () => {
      process.stdout.write('held\n')
      await setTimeout(2 ** 30)
    },
    () => Promise.reject(new Error('busy')),
  )
}
for (let round = 0; round < Number(count ?? 0); round++) {
  await withFileLock(
    path,
    async () => {
      // Fails when somebody else is inside.
      mkdirSync(`${path}.inside`)
      const before = Number(readFileSync(`${path}.count`, 'utf8'))
      await setTimeout(2)
      writeFileSync(`${path}.count`, `${before + 1}`)
      rmdirSync(`${path}.inside`)
      // As if this process had died now: its record stays, of a process that started at another time.
      const record = JSON.parse(readFileSync(path, 'utf8'))
      const token = record.token.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0'))
      writeFileSync(path, JSON.stringify({ ...record, started: '1', token }))
    },
    wait,
  ).catch((error: { code?: string }) => {
    if (error.code !== 'LOCK_LOST') throw error
  })
}
