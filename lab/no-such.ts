// Tells "it is not there any more" from every other failure.

/** ENOENT, ESRCH or ENODEV (a cgroup's file just removed): the file, process or group has gone. */
export function isNoSuch(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'ESRCH' || code === 'ENODEV'
}
