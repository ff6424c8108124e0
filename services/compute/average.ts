// The arithmetic mean: one pass, O(n).

/**
 * Sums with Neumaier's compensation (Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher
 * Summen"): what an addition rounds away is added up beside the sum. Within the safe range of integers nothing overflows
 * (2^20 numbers below 2^53 stay below 2^73), and the sum of integers is rounded once, however many there are.
 * @param values at least one number.
 */
export function average(values: Float64Array): number {
  let sum = 0
  let lost = 0
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number
    const next = sum + value
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  return (sum + lost) / values.length
}
