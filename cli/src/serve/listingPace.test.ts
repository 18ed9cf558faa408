import { ListingPace } from './listingPace';

const pace = () => new ListingPace({ pollMs: 5_000, anywayMs: 60_000 });

test('an archive without changes is listed at each poll', () => {
  const listing = pace();
  expect(listing.isDue(0, undefined)).toBe(true);
  listing.listed(0, 100, undefined);
  expect(listing.isDue(4_999, undefined)).toBe(false);
  expect(listing.isDue(5_000, undefined)).toBe(true);
});

test('one that counts its changes is listed when the count has moved, and now and then all the same', () => {
  const listing = pace();
  expect(listing.isDue(0, 7)).toBe(true);
  listing.listed(0, 10, 7);
  expect(listing.isDue(5_000, 7)).toBe(false);
  expect(listing.isDue(1_000, 8)).toBe(true);
  expect(listing.isDue(60_000, 7)).toBe(true);
  expect([7, 8, undefined].map(change => listing.isKnown(change))).toEqual([true, false, false]);
});

test('a slow list is asked for no more than a fifth of the time', () => {
  const listing = pace();
  listing.listed(0, 3_000, 1);
  expect(listing.isDue(14_999, 2)).toBe(false);
  expect(listing.isDue(15_000, 2)).toBe(true);
});
