// What a host of the lab serves: its sshd and its Engine.

export interface Services {
  /** sshd, and the Engine where the host has one; returns when they answer. Throws `LAB_DAEMON_FAILED`. */
  start(signal: AbortSignal): Promise<void>
  startEngine(signal: AbortSignal | undefined): Promise<void>
  /** `SIGKILL` leaves what a crash would. */
  stopEngine(kind: 'SIGTERM' | 'SIGKILL'): Promise<void>
  startSshd(signal: AbortSignal | undefined): Promise<void>
  stopSshd(): Promise<void>
  /** Undefined while it does not answer. */
  engineVersion(): Promise<string | undefined>
  sshUp(): Promise<boolean>
}
