export { type ChainConfig, chainConfigSchema } from './config.js'
export {
  type DeploymentRequest,
  deploySystem,
  type KeyOfInstance,
  tryDeployment,
} from './deploy.js'
export { readChainConfig, readDeployment } from './files.js'
export { type Deployment, deploymentSchema } from './record.js'
export type { DeploymentCosts } from './simulate.js'
export { type DeploymentStatus, deploymentStatus } from './status.js'
