from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from deep_aspects_training.contact_sheet import draw_sheet, read_masks


def test_a_sheet_shows_regions_and_infarct_of_a_seg():
    frames = np.zeros((2, 20, 20), np.uint8)
    frames[0, 5:9, 5:9], frames[1, 6:8, 6:8] = 1, 1

    def group(segment, uid):
        source = SimpleNamespace(SourceImageSequence=[SimpleNamespace(ReferencedSOPInstanceUID=uid)])
        return SimpleNamespace(
            SegmentIdentificationSequence=[SimpleNamespace(ReferencedSegmentNumber=segment)],
            DerivationImageSequence=[source],
        )

    seg = SimpleNamespace(
        pixel_array=frames, NumberOfFrames=2, PerFrameFunctionalGroupsSequence=[group(15, "b"), group(21, "b")]
    )
    regions, infarct = read_masks(seg, ["a", "b"], (20, 20))
    assert regions[1, 5, 5] == 5 and not regions[0].any() and infarct.sum() == 4
    hu = np.full((20, 20), 30.0)
    hu[1:19, 1:19] = 200
    sheet = draw_sheet([hu, hu], regions, infarct, 2)
    assert sheet.shape == (20, 40, 3)
    rows, columns = np.nonzero((sheet[:, 20:] != sheet[:, :20]).any(-1))
    # The region, and nothing but it and its outline.
    assert {(5, 5), (8, 8), (6, 6)} <= set(zip(rows, columns))
    assert min(*rows, *columns) >= 4 and max(*rows, *columns) <= 9
