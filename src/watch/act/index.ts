export { type KeeperEvent, type KeeperMaker, openKeeper } from './keeper.js'
