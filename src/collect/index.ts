export { evidenceFolder } from './folder.js'
