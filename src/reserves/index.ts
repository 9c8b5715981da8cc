export { formatReserves, readReserves } from './file.js'
