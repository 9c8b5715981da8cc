export { QUICKNET, roundRandomness, roundTime } from './quicknet.js'
