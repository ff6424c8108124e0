// The files of one SSH connection, in the private folder.

export interface ConnectionFiles {
  /** The forwarded socket of the device's Engine. */
  readonly socket: string
  /** ssh's own control socket. */
  readonly control: string
  /** What ssh says, in its `-v` words. */
  readonly log: string
}
