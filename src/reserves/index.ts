export { formatReserves, type Reserves, readReserves } from './file.js'
