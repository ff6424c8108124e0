// A table as plain texts, before it becomes HTML or Markdown.

export interface TextTable {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}
