// Reads a YAML file piece by piece, each piece with its path and line, and collects every problem instead of stopping at the first.
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { type Problem, unknownKeyMessage } from '../src/model/problems.ts'

export interface NumberBounds {
  readonly min: number
  readonly max: number
  readonly integer?: boolean
}

/** What all the pieces of one file share. */
interface Source {
  readonly document: Document
  readonly lines: LineCounter
  readonly problems: Problem[]
}

/** The file's top, or nothing when it is no YAML; `problems` grows while the file is read. */
export function openYaml(text: string, problems: Problem[]): Piece | undefined {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  for (const { message, pos } of document.errors) {
    const { line, col } = lines.linePos(pos[0])
    problems.push({ path: `line ${line}, column ${col}`, message })
  }
  if (document.errors.length > 0) return undefined
  return new Piece({ document, lines, problems }, '', document.contents)
}

/** One value of the file. Each reader returns undefined after it has noted a problem. */
export class Piece {
  readonly path: string
  private readonly source: Source
  private readonly node: Node | null

  constructor(source: Source, path: string, node: Node | null) {
    this.source = source
    this.path = path
    this.node = node
  }

  /** Notes what is wrong here, with the line. */
  problem(message: string): undefined {
    const offset = this.node?.range?.[0]
    const at = offset === undefined ? '' : ` (line ${this.source.lines.linePos(offset).line})`
    this.source.problems.push({ path: this.path, message: `${message}${at}` })
    return undefined
  }

  /** The values of a mapping, by key; a key that is not among `known` is a problem. Null counts as left out. */
  mapping<Key extends string>(known: readonly Key[]): Partial<Record<Key, Piece>> | undefined {
    if (!isMap(this.node)) return this.expected(`a mapping with ${known.join(', ')}`)
    const pieces: Partial<Record<Key, Piece>> = {}
    for (const { key, value } of this.node.items) {
      const name = String(isScalar(key) ? key.value : key)
      const piece = new Piece(this.source, this.path === '' ? name : `${this.path}.${name}`, value as Node)
      const match = known.find((one) => one === name)
      if (match === undefined) piece.problem(unknownKeyMessage(name, known))
      else if (!(isScalar(value) && value.value === null)) pieces[match] = piece
    }
    return pieces
  }

  list(): readonly Piece[] | undefined {
    if (!isSeq(this.node)) return this.expected('a list')
    return this.node.items.map(
      (item, index) => new Piece(this.source, `${this.path}[${index}]`, item as Node),
    )
  }

  string(): string | undefined {
    return isScalar(this.node) && typeof this.node.value === 'string'
      ? this.node.value
      : this.expected('a string')
  }

  boolean(): boolean | undefined {
    return isScalar(this.node) && typeof this.node.value === 'boolean'
      ? this.node.value
      : this.expected('true or false')
  }

  number({ min, max, integer = false }: NumberBounds): number | undefined {
    const value = isScalar(this.node) ? this.node.value : undefined
    const fits = typeof value === 'number' && value >= min && value <= max
    return fits && (!integer || Number.isInteger(value))
      ? value
      : this.expected(`${integer ? 'an integer' : 'a number'} from ${min} to ${max}`)
  }

  /** Any mapping, as plain data. */
  freeMapping(): Readonly<Record<string, unknown>> | undefined {
    return isMap(this.node)
      ? (this.node.toJS(this.source.document) as Record<string, unknown>)
      : this.expected('a mapping')
  }

  private expected(what: string): undefined {
    return this.problem(`expected ${what}, got ${describe(this.node)}`)
  }
}

function describe(node: Node | null): string {
  if (isMap(node)) return 'a mapping'
  if (isSeq(node)) return 'a list'
  const value = isScalar(node) ? node.value : null
  return value === null ? 'nothing' : JSON.stringify(value)
}
