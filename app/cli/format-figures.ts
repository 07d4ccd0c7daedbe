/** The figures of `domain/figures` under the short names of the command line. */
export {
  formatPercent as percent,
  formatPoints as points,
  formatCoefficient as decimal,
  formatCount as count,
  formatCost as usd,
  formatDuration as milliseconds,
  formatDuration as duration,
} from '~/domain/figures'
