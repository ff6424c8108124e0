// What is found wrong or doubtful while a Compose file is read: collected, never thrown, so that the user sees all of it at once.

/** Where a value stands: its path as the user would write it, and its first character in the file, counted from 1. */
export interface Place {
  /** `services.climate.ports[0]`; empty for the file itself. */
  readonly path: string
  readonly line: number
  readonly column: number
}

interface Finding {
  readonly place: Place
  readonly message: string
}

/** More than this is noise; the rest is counted. */
const findingsShown = 50

/** What runs the application: devices that the user names, or a cluster that places its services. */
export type Mode = 'pair' | 'cluster'

export class Findings {
  /** Which mode the file is read for: some keys mean something in one of them only. */
  readonly mode: Mode
  private readonly problems = new Map<string, Finding>()
  private readonly warnings = new Map<string, Finding>()

  constructor(mode: Mode = 'pair') {
    this.mode = mode
  }

  /** Something that keeps the file from being an application. */
  problem(place: Place, message: string): void {
    add(this.problems, { place, message })
  }

  /** Something that Compose would only warn of. */
  warning(place: Place, message: string): void {
    add(this.warnings, { place, message })
  }

  get problemCount(): number {
    return this.problems.size
  }

  /** One line a problem, in the order of the file: `12:5  services.web.build: …`. */
  renderProblems(): string {
    const shown = inOrder(this.problems).slice(0, findingsShown)
    const positions = shown.map(({ place }) => `${place.line}:${place.column}`)
    const width = Math.max(0, ...positions.map((position) => position.length))
    const lines = shown.map(
      ({ place, message }, index) =>
        `  ${(positions[index] ?? '').padEnd(width)}  ${sentence(place, message)}`,
    )
    const more = this.problems.size - shown.length
    return [...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n')
  }

  /** One line a warning, which stands alone: `compose.yaml:12:5: services.web.image: …`. */
  renderWarnings(fileName: string): readonly string[] {
    const shown = inOrder(this.warnings).slice(0, findingsShown)
    const more = this.warnings.size - shown.length
    return [
      ...shown.map(
        ({ place, message }) => `${fileName}:${place.line}:${place.column}: ${sentence(place, message)}`,
      ),
      ...(more > 0 ? [`${fileName}: ${more} more warnings`] : []),
    ]
  }
}

/** A value behind an anchor is read once for each alias: what is wrong with it is said once. */
function add(findings: Map<string, Finding>, finding: Finding): void {
  const { line, column } = finding.place
  const key = `${line}:${column} ${finding.message}`
  if (!findings.has(key)) findings.set(key, finding)
}

function inOrder(findings: ReadonlyMap<string, Finding>): readonly Finding[] {
  return [...findings.values()].sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
}

/** The file is somebody else's text: what would steer a terminal is replaced. */
function sentence({ path }: Place, message: string): string {
  return `${path === '' ? '(the file)' : path}: ${message}`.replaceAll(/\p{Cc}/gu, '\u{FFFD}')
}
