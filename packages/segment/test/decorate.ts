/** `good`, but for the members that `change` puts in their place. */
export function decorated<T extends object>(good: T, change: (good: T) => Partial<T>): T {
  const changed = change(good);
  return new Proxy(good, {
    get(target, name) {
      if (name in changed) return Reflect.get(changed, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
