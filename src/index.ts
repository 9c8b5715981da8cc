export * from './errors/index.js'
export * from './field/index.js'
