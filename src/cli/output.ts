import { Option } from 'commander'
import { assertReplaceable, writeFileAtomic } from '../files/index.js'

/** For every command that writes what somebody may have made before. */
export function forceOption(): Option {
  return new Option('--force', 'overwrite what an earlier run made')
}

/** Writes a result. Where another one stands, it is left there unless `force` is given. */
export async function writeResult(path: string, text: string, force = false): Promise<void> {
  if (!force) await assertReplaceable(path, text)
  await writeFileAtomic(path, text)
}
