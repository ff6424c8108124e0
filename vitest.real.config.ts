import { defineConfig } from 'vitest/config'

/** Integration and lab tests: real engines, namespaces and sshds. One file at a time: they share the machine. */
export default defineConfig({
  test: {
    include: ['test/integration/**/*.test.ts', 'test/lab/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    globalSetup: ['test/lab/leaks.ts'],
  },
})
