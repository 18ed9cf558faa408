const SLOWEST = 12;

const sum = times => times.reduce((total, { seconds }) => total + seconds, 0);

/**
 * Prints where the time went: by release, and the slowest cases. `times` are `{ohif, name, seconds}`, one a
 * case that ran.
 */
export function printTimes(times) {
  for (const ohif of new Set(times.map(one => one.ohif))) {
    const own = times.filter(one => one.ohif === ohif);
    console.log(`  time  ${ohif}: ${sum(own).toFixed(0)} s in ${own.length} cases`);
  }
  const slowest = [...times].sort((one, other) => other.seconds - one.seconds).slice(0, SLOWEST);
  for (const { name, seconds } of slowest) {
    console.log(`  time  ${seconds.toFixed(0).padStart(4)} s ${name}`);
  }
}
