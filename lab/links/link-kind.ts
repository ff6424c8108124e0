// What a kind of link is: how it is written in a topology, and how one wire of it is laid between two namespaces.

/** What a wire does to what it carries, in each direction. */
export interface Figures {
  readonly rateMbit: number
  /** One way: a round trip takes twice this. */
  readonly delayMs: number
  /** 98 of 100 packets are within this of the delay, normally distributed. */
  readonly jitterMs: number
  readonly lossPercent: number
}

/** One end of a wire: an interface that `lay` makes in a network namespace. */
export interface WireEnd {
  /** A process in the namespace, as the machine numbers it. */
  readonly pid: number
  /** At most 15 characters. */
  readonly interfaceName: string
}

export interface Wire {
  /** Unique in the lab, fit for a file's name. */
  readonly id: string
  /** In a host. */
  readonly near: WireEnd
  /** In the switch, or in another host. */
  readonly far: WireEnd
  readonly figures: Figures
}

/** What a kind may use to lay a wire. */
export interface Workshop {
  /** Runs a program of the machine to its end; throws when it fails. */
  run(argv: readonly string[]): Promise<string>
  /** Runs a program to its end; tells whether it worked. */
  works(argv: readonly string[]): Promise<boolean>
  /** Runs a program that leaves a daemon behind, in the wire's cgroup: the daemon ends when the wire does. */
  leave(wire: Wire, argv: readonly string[]): Promise<void>
  /** A process in the switch's namespaces; its /run is private, empty at first, and ends with the lab. */
  readonly switchPid: number
}

export interface LinkKind {
  /** For the topology's reference and `lab status`. */
  readonly summary: string
  /** `switch`: each host of the link gets a wire to the lab's switch. `pair`: one wire between two hosts. */
  readonly joins: 'switch' | 'pair'
  /** The interface in a host is this and a number: `eth0`. */
  readonly interfacePrefix: 'eth' | 'wlan'
  /** The figures where the topology says nothing. */
  readonly defaults: Figures
  /** The figures that a topology may set for this kind. */
  readonly settable: readonly (keyof Figures)[]
  /** Makes both interfaces, each in its namespace, with the figures in force in both directions. They are left down, without addresses. */
  lay(wire: Wire, workshop: Workshop): Promise<void>
}
