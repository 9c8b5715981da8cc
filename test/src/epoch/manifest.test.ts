import { join } from 'node:path'
import { expect, test } from 'vitest'
import { verifyEpoch } from '../../../src/epoch/index.js'
import { folderSource } from '../../../src/inputs/index.js'
import { exportInclusion, proveSolvency, stressReport } from '../../../src/venue/index.js'
import { temporaryFolder } from '../../helpers/cli.js'

const nothing = temporaryFolder()
const nowhere = join(nothing, 'nowhere')
const unused = () => Promise.reject(new Error('not reached'))

test('a folder that is no epoch is named as such, with where epochs come from (cli.5)', async () => {
  for (const folder of [nothing, nowhere]) {
    await expect(verifyEpoch(folderSource(folder), { pins: {} })).rejects.toMatchObject({
      code: 'EPOCH_MISSING',
      where: folder,
      hint: expect.stringContaining('plimsoll ledger prove'),
    })
  }
})

test('a private folder that is none is named with its option, whatever needs it (cli.5)', async () => {
  const policy = {
    schema: 'plimsoll/policy/1',
    valueRatio: '1',
    minimumRatio: '1',
    loanFactor: '0',
    instruments: {},
  }
  const common = { folder: nothing, reserves: unused, policy, artifacts: unused, prover: {} }
  for (const privateFolder of [nothing, nowhere]) {
    const options = { ...common, privateFolder, out: join(temporaryFolder(), 'i.json') } as never
    for (const use of [proveSolvency, stressReport, exportInclusion]) {
      await expect(use(options), use.name).rejects.toMatchObject({
        code: 'EPOCH_PRIVATE',
        where: privateFolder,
        hint: expect.stringContaining('--private'),
      })
    }
  }
})
