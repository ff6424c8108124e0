// The part of jstat that the evaluation uses; the package brings no types.
declare module 'jstat' {
  interface Distribution {
    inv(probability: number, degreesOfFreedom: number): number
  }
  interface Binomial {
    cdf(successes: number, trials: number, probability: number): number
  }
  const jstat: { readonly studentt: Distribution; readonly binomial: Binomial }
  export default jstat
}
