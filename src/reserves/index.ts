export { formatReserves, LAYERS, type Layer, parseReserves, type Reserves } from './file.js'
