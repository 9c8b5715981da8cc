export { formatReserves, LAYERS, type Layer, type Reserves, readReserves } from './file.js'
