// The part of jstat that the evaluation uses; the package brings no types.
declare module 'jstat' {
  interface Distribution {
    inv(probability: number, degreesOfFreedom: number): number
    cdf(value: number, degreesOfFreedom: number): number
  }
  interface Normal {
    inv(probability: number, mean: number, deviation: number): number
    cdf(value: number, mean: number, deviation: number): number
  }
  interface Binomial {
    cdf(successes: number, trials: number, probability: number): number
  }
  const jstat: { readonly studentt: Distribution; readonly normal: Normal; readonly binomial: Binomial }
  export default jstat
}
