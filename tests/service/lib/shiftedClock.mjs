/** Loaded first (`--import`), makes a process believe that it is `SHIFT_HOURS` later than it is. */
const off = Number(process.env.SHIFT_HOURS) * 3_600_000;

globalThis.Date = new Proxy(Date, {
  construct: (target, given, made) =>
    Reflect.construct(target, given.length > 0 ? given : [target.now() + off], made),
  get: (target, key) => (key === 'now' ? () => target.now() + off : Reflect.get(target, key)),
});
