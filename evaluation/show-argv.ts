// A command line, for errors and reports: a join token lets whoever has it into the cluster, so that it is shown to nobody.

export function showArgv(argv: readonly string[]): string {
  return argv.map((word, index) => (argv[index - 1] === '--token' ? 'TOKEN' : word)).join(' ')
}
