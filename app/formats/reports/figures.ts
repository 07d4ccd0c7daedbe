/** Figures as the reports write them. A figure that cannot be estimated is n/a. */
export const percentText = (share: number | null) => (share === null ? 'n/a' : `${(share * 100).toFixed(1)}%`)
export const pointsText = (share: number | null) =>
  share === null ? 'n/a' : `${share > 0 ? '+' : ''}${(share * 100).toFixed(1).replace('-', '−')}`
export const decimalText = (value: number | null, digits = 3) => (value === null ? 'n/a' : value.toFixed(digits).replace('-', '−'))
export const countText = (value: number) => value.toLocaleString('en-US')
export const usdText = (value: number | null) => (value === null ? 'n/a' : `$${value < 1 ? value.toFixed(4) : value.toFixed(2)}`)
