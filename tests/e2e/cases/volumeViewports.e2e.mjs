import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { unfold } from '../lib/aspects.mjs';
import { derivedStudy } from '../lib/derivedStudy.mjs';
import { compute, cy, downloadedResult } from '../lib/panel.mjs';

/** Every second slice, 10 mm apart: still a volume to the host, and soon scored. */
const SLICES = ['007.dcm', '009.dcm', '011.dcm', '013.dcm', '015.dcm', '017.dcm', '019.dcm'];
const MPR = ['mpr-axial', 'mpr-sagittal', 'mpr-coronal'];

/** Shows the study in three planes through a volume, as OHIF's own layout menu does. */
async function openMpr(page) {
  await page.evaluate(() => window.commandsManager.runCommand('setHangingProtocol', { protocolId: 'mpr' }));
  await page.waitForFunction(
    ids =>
      ids.every(id => {
        const viewport = window.services.cornerstoneViewportService.getCornerstoneViewport(id);
        return viewport?.type === 'orthographic' && viewport.getActors().length > 0;
      }),
    MPR
  );
}

/** Waits until each plane draws the CT and both labelmaps. */
function untilDrawn(page) {
  return page.waitForFunction(
    ids =>
      ids.every(
        id =>
          window.services.cornerstoneViewportService
            .getCornerstoneViewport(id)
            .getActors()
            .filter(actor => /^deep-aspects-/.test(actor.representationUID ?? '')).length === 2
      ),
    MPR
  );
}

/**
 * What the volume viewports have, read at places in the patient: the middle (x, y, z, mm) of each
 * segment of the regions' volume by that volume's own geometry, and the mean HU of the CT under the
 * infarct and under its mirror image about the middle of the regions, by the geometry of either volume.
 * Bone and air are left out.
 */
function readVolumes(page) {
  return page.evaluate(() => {
    const { cache } = window.cornerstone;
    const { segmentationService, cornerstoneViewportService } = window.services;
    const volumeOf = label => {
      const { segmentationId } = segmentationService.getSegmentations().find(one => one.label === label);
      const { volumeId } = segmentationService.getSegmentation(segmentationId).representationData.Labelmap;
      return cache.getVolume(volumeId);
    };
    const visit = ({ dimensions: [width, height, depth], voxelManager, imageData }, body) => {
      for (let k = 0; k < depth; k++) {
        for (let j = 0; j < height; j += 4) {
          for (let i = 0; i < width; i += 4) {
            const value = voxelManager.getAtIJK(i, j, k);
            if (value) {
              body(value, [...imageData.indexToWorld([i, j, k])]);
            }
          }
        }
      }
    };
    const sums = {};
    visit(volumeOf('ASPECTS regions'), (segment, point) => {
      sums[segment] ??= { count: 0, point: [0, 0, 0] };
      sums[segment].count += 1;
      point.forEach((value, axis) => (sums[segment].point[axis] += value));
    });
    const middles = Object.fromEntries(
      Object.entries(sums).map(([segment, { count, point }]) => [segment, point.map(value => value / count)])
    );
    const ct = cache.getVolume(cornerstoneViewportService.getCornerstoneViewport('mpr-axial').getVolumeId());
    const huAt = point => {
      const hu = ct.voxelManager.getAtIJK(...[...ct.imageData.worldToIndex(point)].map(Math.round));
      return hu > 0 && hu < 80 ? [hu] : [];
    };
    const all = Object.values(middles);
    const twiceMiddle = (2 * all.reduce((sum, [x]) => sum + x, 0)) / all.length;
    const [own, mirrored] = [[], []];
    visit(volumeOf('Infarct'), (_, [x, y, z]) => {
      own.push(...huAt([x, y, z]));
      mirrored.push(...huAt([twiceMiddle - x, y, z]));
    });
    const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;
    return { middles, infarctVoxels: own.length, ownHu: mean(own), mirroredHu: mean(mirrored) };
  });
}

/** Focal point of each plane, patient coordinates, mm. */
function focalPoints(page) {
  return page.evaluate(
    ids =>
      ids.map(id =>
        [...window.services.cornerstoneViewportService.getCornerstoneViewport(id).getCamera().focalPoint].map(
          value => Math.round(10 * value) / 10
        )
      ),
    MPR
  );
}

/** Height of a slice by its UID, mm. */
function heightOf(page, sopInstanceUID) {
  return page.evaluate(uid => {
    const displaySet = window.services.displaySetService
      .getActiveDisplaySets()
      .find(({ Modality }) => Modality === 'CT');
    const instances = displaySet.imageIds.map(imageId =>
      window.cornerstone.metaData.get('instance', imageId)
    );
    return instances.find(({ SOPInstanceUID }) => SOPInstanceUID === uid).ImagePositionPatient[2];
  }, sopInstanceUID);
}

export default [
  {
    name: 'compute while the study is shown as a volume in three planes',
    // Later hosts keep the labelmap as planes and have no volume of it to read.
    ohif: ['3.11.1', '3.12.10'],
    timeoutMs: 300_000,
    async run(visit, { check, store, studies }) {
      const { page } = visit;
      const study = await derivedStudy(studies.demo.folder, SLICES, '73');
      await store.readInPlace(study.folder);
      await visit.openMode(study.uid);
      await openMpr(page);

      await check('all three planes get both labelmaps', async () => {
        await compute(page);
        await untilDrawn(page);
      });

      await check('regions and infarct lie on the anatomy, left on the left', async () => {
        const { middles, infarctVoxels, ownHu, mirroredHu } = await readVolumes(page);
        // Segments 1-10 are C, L, IC, I, M1 ... M6 of the left, 11-20 of the right; x grows to the left,
        // y to the back.
        for (let region = 1; region <= 10; region++) {
          const [left, right] = [middles[region], middles[region + 10]];
          assert.ok(left[0] > right[0] + 20, `region ${region}: x = ${left[0]} on the left, ${right[0]}`);
        }
        for (const side of [0, 10]) {
          const [c, l, , insula, m1, m2, m3, , m5] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(k => middles[k + side]);
          const across = [c, l, insula, m2].map(([x]) => Math.abs(x));
          assert.deepEqual(
            across,
            [...across].sort((a, b) => a - b),
            'caudate, lentiform, insula, M2 outwards'
          );
          assert.ok(m1[1] < m2[1] && m2[1] < m3[1] && c[1] < l[1], 'M1, M2, M3 from front to back');
          assert.ok(m5[2] > m2[2] + 10, 'M5 above M2');
        }
        assert.ok(infarctVoxels > 300, `${infarctVoxels} voxels of infarct looked at`);
        assert.ok(ownHu < mirroredHu - 1.5, `${ownHu} HU under the infarct, ${mirroredHu} HU opposite`);
      });

      await check('a region row moves the axial plane to its slice and leaves the others', async () => {
        const { hemispheres } = await downloadedResult(page);
        await unfold(page);
        const [, sagittal, coronal] = await focalPoints(page);
        for (const id of ['M5', 'L']) {
          await page.locator(cy(`aspects-region-${id}-left`)).click();
          const { keySlice } = hemispheres.left.regions.find(region => region.id === id);
          const height = await heightOf(page, keySlice);
          await page.waitForFunction(
            z =>
              Math.abs(
                window.services.cornerstoneViewportService.getCornerstoneViewport('mpr-axial').getCamera()
                  .focalPoint[2] - z
              ) < 0.1,
            height
          );
        }
        const [, sagittalAfter, coronalAfter] = await focalPoints(page);
        assert.deepEqual([sagittalAfter[0], coronalAfter[1]], [sagittal[0], coronal[1]]);
        await visit.screenshot('volume');
        assert.deepEqual(visit.errors, []);
      });
      await rm(study.folder, { recursive: true });
    },
  },
];
