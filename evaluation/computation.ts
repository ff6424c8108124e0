// The paper's computation tasks (§V.B): three operations of rising complexity over random integers, and what a right answer is.
import { createRandom, randomIntegers } from './random.ts'

/** Average O(n), MergeSort O(n log n), BubbleSort O(n²). */
export const operations = ['average', 'mergesort', 'bubblesort'] as const

export type Operation = (typeof operations)[number]

/** The paper's input sizes, in integers. */
export const paperSizes = [1000, 2000] as const

/** Integers of the input lie in [0, 10,000): 2,000 of them are about 9.8 KB of JSON. */
const integersBelow = 10_000

/** The input of one size, the same for every mode and operation, as the seed says. */
export function computationInput(size: number, seed: number): number[] {
  return randomIntegers(size, integersBelow, createRandom(seed * 1_000_003 + size))
}

/** Whether `answer` (parsed JSON) is what the operation makes of `input`. */
export function isRightAnswer(operation: Operation, input: readonly number[], answer: unknown): boolean {
  if (operation === 'average') {
    const average = input.reduce((sum, value) => sum + value, 0) / input.length
    return typeof answer === 'number' && Math.abs(answer - average) <= 1e-9 * Math.max(1, Math.abs(average))
  }
  const sorted = [...input].sort((a, b) => a - b)
  return (
    Array.isArray(answer) &&
    answer.length === sorted.length &&
    sorted.every((value, index) => answer[index] === value)
  )
}
