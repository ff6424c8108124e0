// What is wrong in a file of the user's: all problems at once, each with its path.

export interface Problem {
  /** Where, as the user would write it: `services.climate.ports[0]`. */
  readonly path: string
  readonly message: string
}

/** One line a problem: `services.climate.image: expected a string, got 7`. */
export function renderProblems(problems: readonly Problem[]): string {
  return problems.map(({ path, message }) => `  ${path === '' ? '(the file)' : path}: ${message}`).join('\n')
}

/** `unknown key "repilcas"; did you mean "replicas"?` */
export function unknownKeyMessage(key: string, known: readonly string[]): string {
  const nearest = nearestKey(key, known)
  return nearest === undefined
    ? `unknown key "${key}"; known here: ${known.join(', ')}`
    : `unknown key "${key}"; did you mean "${nearest}"?`
}

/** The known key that the fewest edits reach, if they are few for its length. */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(key.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(key.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Optimal string alignment distance: insert, delete, replace, swap of neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replace = a[row - 1] === b[column - 1] ? 0 : 1
      let distance = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + replace,
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        distance = Math.min(distance, at(beforeLast, column - 2) + 1)
      }
      current.push(distance)
    }
    beforeLast = last
    last = current
  }
  return at(last, b.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
