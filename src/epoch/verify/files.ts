import { type Found, fail, passed, placeOf } from '../../bundle/index.js'
import { batchFile, isClutter } from '../paths.js'
import { usedInstances, type Verification } from './verification.js'

/** The source must hold exactly the files that the manifest lists. */
export async function verifyFiles({ source, manifest }: Verification): Promise<Found<true>> {
  const solvency = manifest.solvency ? ['policy.json', 'solvency.json'] : []
  const used = usedInstances(manifest)
  const wanted: [string, string[]][] = [
    ['', ['keys', 'ledger', 'manifest.json', 'risk.json', ...solvency]],
    ['keys', used.map((name) => `${name}.json`)],
    ['ledger', manifest.batches.map((_, index) => batchFile(index))],
  ]
  const [missing, foreign, ignored]: [string[], string[], string[]] = [[], [], []]
  let count = 0
  for (const [folder, names] of source.list ? wanted : []) {
    const prefix = folder === '' ? '' : `${folder}/`
    const entries =
      (await source.list!(folder).catch(() => undefined)) ?? fail(`${placeOf(source, folder)} cannot be read`)
    const there = new Map(entries.map((entry) => [entry.name, entry]))
    for (const name of names) if (!there.delete(name)) missing.push(prefix + name)
    for (const [name, entry] of there) {
      const list = isClutter(name) && entry.isFile ? ignored : foreign
      list.push(prefix + name)
    }
    count += names.length
  }
  const faults = [
    ...(missing.length > 0 ? [`missing: ${some(missing)}`] : []),
    ...(foreign.length > 0 ? [`not of the epoch: ${some(foreign)}`] : []),
    ...(Object.keys(manifest.keys).sort().join() === used.join()
      ? []
      : ['the manifest has keys that no proof uses, or lacks one']),
  ]
  if (faults.length > 0) fail(faults.join('; '), { todo: 'Take the whole folder as the venue published it.' })
  if (source.list === undefined)
    return passed('as the manifest names them; an address cannot say what else lies there')
  const note = ignored.length > 0 ? `; ignored, as a desktop leaves them: ${some(ignored)}` : ''
  return passed(`${count} entries, all accounted for${note}`)
}

/** The first few of many names. */
function some(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')
}
