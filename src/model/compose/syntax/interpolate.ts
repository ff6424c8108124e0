// `${VARIABLE}` in a value of a Compose file, replaced from the client's environment.

export type Environment = Readonly<Record<string, string | undefined>>

export interface Interpolation {
  readonly text: string
  /** What is wrong with the template, or a variable that it demands and that is missing. */
  readonly problems: readonly string[]
  /** Variables without value and without default: empty text stands in their place. */
  readonly unset: readonly string[]
}

/** Defaults inside of defaults, at most. */
const deepest = 16

/**
 * Replaces `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?error}`, `${NAME?error}`, `${NAME:+instead}`,
 * `${NAME+instead}`; `$$` is a dollar sign. With the colon an empty variable counts as unset. What stands behind the operator is
 * itself a template, and is looked at only when it is needed.
 * @see Compose specification, "Interpolation"
 */
export function interpolate(template: string, environment: Environment): Interpolation {
  const problems: string[] = []
  const unset: string[] = []
  const text = substitute(template, { environment, problems, unset }, 0)
  return { text, problems, unset }
}

interface Run {
  readonly environment: Environment
  readonly problems: string[]
  readonly unset: string[]
}

function substitute(template: string, run: Run, depth: number): string {
  let result = ''
  let at = 0
  for (;;) {
    const dollar = template.indexOf('$', at)
    if (dollar < 0) return result + template.slice(at)
    result += template.slice(at, dollar)
    const name = nameAt(template, dollar + 1)
    const next = template[dollar + 1]
    if (next === '$') {
      result += '$'
      at = dollar + 2
    } else if (name !== undefined) {
      result += valueOrEmpty(name, run)
      at = dollar + 1 + name.length
    } else if (next === '{') {
      const end = closingBrace(template, dollar + 2)
      if (end === undefined) {
        run.problems.push(`"${excerpt(template, dollar)}" is not closed with }; write $$ for a dollar sign`)
        return result
      }
      result += expand(template.slice(dollar + 2, end), run, depth)
      at = end + 1
    } else {
      run.problems.push(`"${excerpt(template, dollar)}" names no variable; write $$ for a dollar sign`)
      return result
    }
  }
}

function nameAt(template: string, at: number): string | undefined {
  const pattern = /[A-Za-z_][A-Za-z0-9_]*/y
  pattern.lastIndex = at
  return pattern.exec(template)?.[0]
}

/** What stands between the braces of `${…}`. */
function expand(inside: string, run: Run, depth: number): string {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?+])([\s\S]*))?$/.exec(inside)
  if (match === null || depth >= deepest) {
    const what = match === null ? 'is not a variable' : 'is nested too deeply'
    run.problems.push(
      `"${excerpt(`\${${inside}}`, 0)}" ${what}; known are \${NAME} and :- - :? ? :+ + behind the name`,
    )
    return ''
  }
  const [, name = '', operator, operand = ''] = match
  if (operator === undefined) return valueOrEmpty(name, run)
  const value = lookUp(name, run.environment)
  const given = value !== undefined && !(operator.startsWith(':') && value === '')
  if (operator.endsWith('+')) return given ? substitute(operand, run, depth + 1) : ''
  if (given) return value
  if (operator.endsWith('-')) return substitute(operand, run, depth + 1)
  const demand = substitute(operand, run, depth + 1)
  const state = value === undefined ? 'not set' : 'empty'
  run.problems.push(`variable ${name} is required and ${state}${demand === '' ? '' : `: ${demand}`}`)
  return ''
}

function valueOrEmpty(name: string, run: Run): string {
  const value = lookUp(name, run.environment)
  if (value === undefined) run.unset.push(name)
  return value ?? ''
}

function lookUp(name: string, environment: Environment): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined
}

/** Index of the `}` that closes a `${` whose inside begins at `from`. */
function closingBrace(template: string, from: number): number | undefined {
  let open = 1
  for (let at = from; at < template.length; at++) {
    if (template.startsWith('${', at)) open += 1
    else if (template[at] === '}' && --open === 0) return at
  }
  return undefined
}

function excerpt(template: string, at: number): string {
  const rest = template.slice(at, at + 24).replaceAll(/\s/g, ' ')
  return at + 24 < template.length ? `${rest}…` : rest
}
