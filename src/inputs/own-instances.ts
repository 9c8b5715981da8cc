import * as z from 'zod'
import { InputError, inPlace } from '../errors/index.js'
import { readJsonFile } from '../files/index.js'
import { type Instance, OWN_STATEMENTS, ownInstance, ownInstanceName } from '../statements/index.js'

/** The file of a project's own sizes, by its name in the folder that commands are run in. */
export const OWN_INSTANCES_FILE = 'plimsoll.instances.json'

/** Statement and sizes by name. Which circuit, template and signals they go with, the statement says. */
export const ownInstancesSchema = z.record(
  z.string(),
  z.strictObject({
    statement: z.enum(OWN_STATEMENTS),
    params: z.record(z.string(), z.int().nonnegative()),
  }),
)

/**
 * Reads a file of a project's own sizes. The name of each has to be the one that its sizes give it, so that
 * it never says anything else than it is.
 *
 * @throws {InputError} `INSTANCE_SIZE` when sizes break a bound, `INSTANCE_NAME` when a name is not that of
 * its sizes, and what `readJsonFile` throws
 * @example
 * const own = await readOwnInstances('plimsoll.instances.json')
 * const report = await checkAccounts('accounts.csv', await readRiskTable('risk.json'), { own })
 */
export async function readOwnInstances(path: string): Promise<Instance[]> {
  const instances: Instance[] = []
  for (const [name, sizes] of Object.entries(await readJsonFile(path, ownInstancesSchema))) {
    const where = `${path}: ${name}`
    const instance = await inPlace(where, () => ownInstance(sizes))
    if (instance.name !== name) {
      throw new InputError('INSTANCE_NAME', 'is not the name of its sizes', {
        where,
        hint: `Name it ${ownInstanceName(sizes)}, or correct the sizes.`,
      })
    }
    instances.push(instance)
  }
  return instances
}
