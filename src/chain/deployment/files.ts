import { readJsonFile } from '../../files/index.js'
import { editable } from '../../schema/index.js'
import { type ChainConfig, chainConfigSchema } from './config.js'
import { type Deployment, deploymentSchema } from './record.js'

/**
 * Reads what is to be deployed, and how it is set up; without a file, contracts alone.
 *
 * @throws {InputError} what `readJsonFile` throws
 * @example
 * const config = await readChainConfig('chain.json')
 * console.log(config.admin, config.venues.length)
 */
export async function readChainConfig(path?: string): Promise<ChainConfig> {
  return path === undefined
    ? chainConfigSchema.parse({ schema: 'plimsoll/chain-config/1' })
    : readJsonFile(path, editable(chainConfigSchema))
}

/**
 * Reads the record of a deployment, as `deploySystem` writes it.
 *
 * @throws {InputError} what `readJsonFile` throws
 * @example
 * const { chainId, contracts } = await readDeployment('deployment.json')
 * console.log(chainId, contracts.solvencyRegistry.address)
 */
export function readDeployment(path: string): Promise<Deployment> {
  return readJsonFile(path, deploymentSchema)
}
