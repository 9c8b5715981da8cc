export { formatReserves, LAYERS, type Layer, parseReserves, type Reserves, reservesFile } from './file.js'
