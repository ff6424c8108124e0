// An object without the members that say nothing: the Engine takes a member that is there for one that was meant.

export function compact<T extends object>(
  value: T,
): { readonly [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    readonly [Key in keyof T]: Exclude<T[Key], undefined>
  }
}
