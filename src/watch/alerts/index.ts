export { openAlerts } from './alerts.js'
