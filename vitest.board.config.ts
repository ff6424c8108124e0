import { defineConfig } from 'vitest/config'

/** What needs real chips: one emulated board for all files, since it keeps a processor busy for as long as it runs. */
export default defineConfig({
  test: {
    include: ['test/board/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 400_000,
    teardownTimeout: 60_000,
    globalSetup: ['test/lab/leaks.ts', 'test/board/board-up.ts'],
  },
})
