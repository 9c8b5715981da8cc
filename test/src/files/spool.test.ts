import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Spool } from '../../../src/files/index.js'
import { temporaryFolder } from '../../helpers/cli.js'

const folder = temporaryFolder()

describe('private records that wait on the disk (inclusion.9)', () => {
  test('come back as they were added, whatever their length, and have no name there', async () => {
    const lengths = [0, 1, 5000, 2 ** 20 - 4, 3 * 2 ** 20 + 7, 0, 999_983, 4, 2 ** 21]
    const records = lengths.map((length, i) => Buffer.alloc(length, i + 1))
    await Spool.with(folder, async (spool) => {
      const places = records.map((record) => spool.add(record))
      let at = 0
      for (const record of spool.records()) {
        expect(readdirSync(folder)).toEqual([])
        expect(Buffer.compare(record, records[at++]!), `record ${at}`).toBe(0)
      }
      expect(at).toBe(records.length)
      for (const i of [4, 0, 8, 6, 6]) {
        expect(Buffer.compare(spool.at(places[i]!), records[i]!), `record ${i}`).toBe(0)
      }
      const late = spool.add(Buffer.from('late'))
      expect(Buffer.from(spool.at(late)).toString()).toBe('late')
    })
    expect(await Spool.with(folder, async (spool) => [...spool.records()])).toEqual([])
  })

  test('leave nothing behind when the work fails, and say where they cannot be', async () => {
    const work = Spool.with(folder, async (spool) => {
      spool.add(Buffer.alloc(10))
      throw new Error('no more')
    })
    await expect(work).rejects.toThrow('no more')
    expect(readdirSync(folder)).toEqual([])
    const missing = Spool.with(join(folder, 'missing'), async () => 1)
    await expect(missing).rejects.toMatchObject({ code: 'FILE_ACCESS' })
  })
})
