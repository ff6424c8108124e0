// The words that run a program in the network namespace of a process.

/** `nsenter --net=… ARGV`: everything but the network stays the machine's, so pids in ARGV are the machine's too. */
export function inNetwork(pid: number, argv: readonly string[]): readonly string[] {
  return ['nsenter', `--net=/proc/${pid}/ns/net`, '--', ...argv]
}
