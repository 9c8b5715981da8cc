import { findInstance, loadInstances } from '../../proving/index.js'
import type { Instance } from '../../statements/index.js'
import type { PlanOptions } from '../plan-ledger.js'

/**
 * The instances that a plan may take: those of this version, the project's own, and own ones that are named.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`, `INSTANCE_SIZE` when a name is that of no instance
 */
export function planCandidates({ own = [], instances = [] }: PlanOptions): Instance[] {
  const all = [...loadInstances(), ...own, ...instances.map((name) => findInstance(name))]
  return [...new Map(all.map((instance) => [instance.name, instance])).values()]
}
