// Nodes of a YAML tree to located values: anchors, merge keys and `${VARIABLE}` resolved, depth and number bounded.
import {
  type Alias,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import type { Findings, Place } from './findings.ts'
import {
  describeValue,
  type Located,
  type LocatedEntry,
  type LocatedList,
  type LocatedMap,
  type LocatedScalar,
  pathOfItem,
  pathOfKey,
} from './located.ts'
import { type Environment, interpolate } from './syntax/interpolate.ts'
import { yamlLimits } from './yaml-limits.ts'

const coreTags = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
)

export class YamlReader {
  private readonly lines: LineCounter
  private readonly targets: ReadonlyMap<Alias, Node>
  private readonly environment: Environment
  private readonly findings: Findings
  /** Nodes that are being read now: an alias to one of them has no end. */
  private readonly open = new Set<Node>()
  private count = 0

  constructor(
    lines: LineCounter,
    targets: ReadonlyMap<Alias, Node>,
    environment: Environment,
    findings: Findings,
  ) {
    this.lines = lines
    this.targets = targets
    this.environment = environment
    this.findings = findings
  }

  /** `offset` is where a value would stand that the user left out: its key. */
  read(node: unknown, path: string, offset: number, depth = 0): Located {
    if (isAlias(node)) return this.readAlias(node, path, offset, depth)
    const place = this.placeOf(node, path, offset)
    if (!(isScalar(node) || isMap(node) || isSeq(node)) || !this.mayRead(place, depth))
      return nothingAt(place)
    if (node.tag !== undefined && !coreTags.has(node.tag)) {
      this.findings.problem(
        place,
        `the tag ${node.tag} means nothing here: one file is read, with plain values`,
      )
    }
    if (isScalar(node)) return this.readScalar(node, place)
    this.open.add(node)
    const value = isMap(node) ? this.readMap(node, place, depth) : this.readList(node, place, depth)
    this.open.delete(node)
    return value
  }

  private readAlias(alias: Alias, path: string, offset: number, depth: number): Located {
    const place = this.placeOf(alias, path, offset)
    const target = this.targets.get(alias)
    if (target === undefined)
      this.findings.problem(place, `no anchor "&${alias.source}" stands before this alias`)
    else if (this.open.has(target))
      this.findings.problem(place, `the alias "*${alias.source}" contains itself`)
    else return this.read(target, path, offset, depth)
    return nothingAt(place)
  }

  private readScalar(scalar: Scalar, place: Place): LocatedScalar {
    const { value } = scalar
    if (typeof value === 'string') {
      const { text, problems, unset } = interpolate(value, this.environment)
      for (const problem of problems) this.findings.problem(place, problem)
      for (const name of unset) {
        this.findings.warning(place, `variable ${name} is not set; an empty text stands in its place`)
      }
      return { kind: 'scalar', place, value: text, spelling: text }
    }
    const known = typeof value === 'number' || typeof value === 'boolean' ? value : null
    return { kind: 'scalar', place, value: known, spelling: scalar.source ?? String(known) }
  }

  private readList(list: YAMLSeq, place: Place, depth: number): LocatedList {
    const at = list.range?.[0] ?? 0
    const items = list.items.map((item, index) =>
      this.read(item, pathOfItem(place.path, index), at, depth + 1),
    )
    return { kind: 'list', place, items }
  }

  private readMap(map: YAMLMap, place: Place, depth: number): LocatedMap {
    const entries = new Map<string, LocatedEntry>()
    const merges: Pair[] = []
    for (const pair of map.items) {
      const name = this.readKey(pair.key)
      const keyOffset = offsetOf(pair.key) ?? map.range?.[0] ?? 0
      const key = this.placeAt(name === undefined ? place.path : pathOfKey(place.path, name), keyOffset)
      const earlier = name === undefined ? undefined : entries.get(name)
      if (isMergeKey(pair.key)) merges.push(pair)
      else if (name === undefined) this.findings.problem(key, 'expected text as a key')
      else if (earlier !== undefined) {
        this.findings.problem(key, `written twice, first at ${earlier.key.line}:${earlier.key.column}`)
      } else entries.set(name, { key, value: this.read(pair.value, key.path, keyOffset, depth + 1) })
    }
    for (const pair of merges) this.merge(entries, pair, place, depth)
    return { kind: 'map', place, entries }
  }

  /** The merge key of YAML: what the map says itself wins, then the maps in the order given. */
  private merge(entries: Map<string, LocatedEntry>, pair: Pair, place: Place, depth: number): void {
    const offset = offsetOf(pair.key) ?? 0
    const target = isAlias(pair.value) ? this.targets.get(pair.value) : pair.value
    for (const item of isSeq(target) ? target.items : [pair.value]) {
      const before = this.findings.problemCount
      const source = this.read(item, place.path, offset, depth + 1)
      if (source.kind !== 'map') {
        // An alias that leads nowhere has said so itself.
        if (this.findings.problemCount > before) continue
        const key = this.placeAt(place.path, offset)
        this.findings.problem(key, `<< expects a map or a list of maps, got ${describeValue(source)}`)
        continue
      }
      for (const [name, entry] of source.entries) if (!entries.has(name)) entries.set(name, entry)
    }
  }

  private readKey(key: unknown): string | undefined {
    const node = isAlias(key) ? this.targets.get(key) : key
    if (!isScalar(node) || node.value === null) return undefined
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
  }

  private mayRead(place: Place, depth: number): boolean {
    this.count += 1
    const { values, depth: deepest } = yamlLimits
    const file: Place = { path: '', line: 1, column: 1 }
    if (this.count > values)
      this.findings.problem(file, `more than ${values} values, aliases counted in full`)
    else if (depth > deepest) this.findings.problem(place, `nested more than ${deepest} levels deep`)
    else return true
    return false
  }

  private placeOf(node: unknown, path: string, offset: number): Place {
    const leftOut = isScalar(node) && node.value === null && node.source === ''
    return this.placeAt(path, leftOut ? offset : (offsetOf(node) ?? offset))
  }

  private placeAt(path: string, offset: number): Place {
    const { line, col } = this.lines.linePos(offset)
    return { path, line, column: col }
  }
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<'
}

function nothingAt(place: Place): LocatedScalar {
  return { kind: 'scalar', place, value: null, spelling: '' }
}
