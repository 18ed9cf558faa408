"""Reads SEG and SR objects with pydicom and highdicom, and says what they hold.

Usage: read_reports.py FOLDER. The folder has one sub-folder a case with `seg.dcm`, `sr.dcm`, `slices.json` (`rows`,
`columns`, `slices`: `[{uid, frame, position}]`, `frame` null where the slice is an instance), `regions.raw` and
`infarct.raw` (uint8, slice by slice). Prints one JSON object: case name to what was read and in how many voxels each
reader's masks differ from the raw ones.
"""

import json
import sys
from pathlib import Path

import highdicom
import numpy as np
import pydicom
from pydicom.sr.codedict import codes

INFARCT_SEGMENT = 21
PRIVATE_SCHEME = "99DEEPASPECTS"


def expected_masks(folder, slices):
    """Boolean array (segment - 1, slice, row, column) of the masks as the writer was given them."""
    shape = (len(slices["slices"]), slices["rows"], slices["columns"])
    regions = np.fromfile(folder / "regions.raw", np.uint8).reshape(shape)
    infarct = np.fromfile(folder / "infarct.raw", np.uint8).reshape(shape)
    planes = [regions == segment for segment in range(1, INFARCT_SEGMENT)] + [infarct != 0]
    return np.stack(planes)


def masks_by_pydicom(seg, slices):
    """Masks from pydicom's pixels and the functional groups alone; and the largest error of a frame's position, mm."""
    index = {(item["uid"], item["frame"]): number for number, item in enumerate(slices["slices"])}
    masks = np.zeros((INFARCT_SEGMENT, len(index), seg.Rows, seg.Columns), bool)
    frames = seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)
    error = 0.0
    for frame, group in zip(frames, seg.PerFrameFunctionalGroupsSequence, strict=True):
        reference = group.DerivationImageSequence[0].SourceImageSequence[0]
        source = (reference.ReferencedSOPInstanceUID, reference.get("ReferencedFrameNumber"))
        segment = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        position = np.array(group.PlanePositionSequence[0].ImagePositionPatient, float)
        error = max(error, np.abs(position - slices["slices"][index[source]]["position"]).max())
        masks[segment - 1, index[source]] |= frame.astype(bool)
    return masks, float(error)


def masks_by_highdicom(seg, slices):
    """Masks as highdicom assembles them for the source images, one segment at a time: they may overlap."""
    uids = [item["uid"] for item in slices["slices"]]
    frames = [item["frame"] for item in slices["slices"]]
    for segment in range(1, INFARCT_SEGMENT + 1):
        options = {"segment_numbers": [segment], "assert_missing_frames_are_empty": True}
        if None in frames:
            pixels = seg.get_pixels_by_source_instance(uids, **options)
        else:
            planes = [
                seg.get_pixels_by_source_frame(uid, [frame], **options) for uid, frame in zip(uids, frames, strict=True)
            ]
            pixels = np.concatenate(planes)
        yield pixels[..., 0].astype(bool)


def segment_row(description):
    """Label, codes and laterality of one segment."""
    kind = description.segmented_property_type
    modifiers = kind.get("SegmentedPropertyTypeModifierCodeSequence", [])
    algorithm = description.SegmentationAlgorithmIdentificationSequence[0]
    return {
        "number": description.segment_number,
        "label": description.segment_label,
        "category": [
            description.segmented_property_category.scheme_designator,
            description.segmented_property_category.value,
        ],
        "type": [kind.scheme_designator, kind.value],
        "side": modifiers[0].CodeMeaning.lower() if modifiers else None,
        "algorithmType": description.SegmentAlgorithmType,
        "algorithmParameters": algorithm.AlgorithmParameters,
        "colour": list(description.RecommendedDisplayCIELabValue),
    }


class Group:
    """A measurement group, of which highdicom is asked once: each question makes it read the whole group anew."""

    def __init__(self, group):
        self.group = group
        self.finding = (group.finding_type.scheme_designator, group.finding_type.value)
        self.measurements = group.get_measurements()
        self.evaluations = group.get_qualitative_evaluations()

    def measured(self, code):
        """Its measurements with that code."""
        return [m for m in self.measurements if m.name == code]

    def own(self, value):
        """Value of its measurement or evaluation with a code of the private scheme."""
        found = [
            m.value for m in self.measurements if (m.name.scheme_designator, m.name.value) == (PRIVATE_SCHEME, value)
        ]
        found += [
            e.value.meaning
            for e in self.evaluations
            if (e.name.scheme_designator, e.name.value) == (PRIVATE_SCHEME, value)
        ]
        return found[0] if found else None


def region_row(one, seg_uid):
    """One region of one side, as highdicom reads its measurement group."""
    site = one.group.finding_sites[0]
    volume = one.measured(codes.SCT.Volume)[0]
    hu = one.measured(codes.DCM.AttenuationCoefficient)
    segments = []
    if isinstance(one.group, highdicom.sr.VolumetricROIMeasurementsAndQualitativeEvaluations):
        reference = one.group.referenced_segment[0]
        assert reference.referenced_sop_instance_uid == seg_uid
        segments = list(reference.referenced_segment_numbers)
    return {
        "label": one.group.tracking_identifier,
        "site": [site.value.scheme_designator, site.value.value],
        "side": site.laterality.meaning.lower(),
        "affected": one.own("AFFECTED") == "Yes",
        "modelAffected": one.own("MODEL_AFFECTED") == "Yes",
        "decidedBy": one.own("DECIDED_BY"),
        "volumeMl": volume.value,
        "volumeUnit": [volume.unit.scheme_designator, volume.unit.value],
        "infarctMl": one.own("INFARCT_VOL"),
        "infarctFraction": one.own("INFARCT_FRACTION"),
        "meanHu": hu[0].value if hu else None,
        "segments": segments,
    }


def read_sr(path, seg_uid):
    """The report as highdicom's TID 1500 reader gives it."""
    document = highdicom.sr.srread(path)
    content = document.content
    groups = [
        Group(group)
        for group in content.get_volumetric_roi_measurement_groups() + content.get_image_measurement_groups()
    ]
    finding = lambda value: [one for one in groups if one.finding == (PRIVATE_SCHEME, value)]
    score = finding("ASPECTS_ASSESS")[0]
    infarct = finding("INFARCT")[0]
    hemispheres = {
        one.group.finding_sites[0].laterality.meaning.lower(): one.own("ASPECTS") for one in finding("HEMISPHERE")
    }
    evidence = [
        ref.ReferencedSOPInstanceUID
        for series in document.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence
        for ref in series.ReferencedSOPSequence
    ]
    return {
        "score": score.own("ASPECTS"),
        "affectedSide": score.own("AFFECTED_SIDE"),
        "bin": score.own("BIN"),
        "hemispheres": hemispheres,
        "regions": [region_row(group, seg_uid) for group in finding("REGION")],
        "infarctMl": infarct.own("INFARCT_VOL"),
        "fractionOfMca": infarct.own("MCA_FRACTION"),
        "observers": [context.observer_type.meaning for context in content.get_observer_contexts()],
        "verification": document.VerificationFlag,
        "evidence": evidence,
        "predecessors": [
            ref.ReferencedSOPInstanceUID
            for item in document.get("PredecessorDocumentsSequence", [])
            for series in item.ReferencedSeriesSequence
            for ref in series.ReferencedSOPSequence
        ],
        "patientName": str(document.PatientName),
        "patientId": document.PatientID,
        "studyInstanceUID": document.StudyInstanceUID,
    }


def read_case(folder):
    slices = json.loads((folder / "slices.json").read_text())
    expected = expected_masks(folder, slices)
    seg = pydicom.dcmread(folder / "seg.dcm")
    by_pydicom, position_error = masks_by_pydicom(seg, slices)
    opened = highdicom.seg.segread(folder / "seg.dcm")
    measures = seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    orientation = seg.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0].ImageOrientationPatient
    return {
        "voxels": int(expected.sum()),
        "differentByPydicom": int((by_pydicom != expected).sum()),
        "differentByHighdicom": sum(
            int((mask != wanted).sum())
            for mask, wanted in zip(masks_by_highdicom(opened, slices), expected, strict=True)
        ),
        "positionErrorMm": position_error,
        "orientation": [float(value) for value in orientation],
        "spacingBetweenSlices": float(measures.SpacingBetweenSlices) if "SpacingBetweenSlices" in measures else None,
        "transferSyntax": seg.file_meta.TransferSyntaxUID,
        "frameOfReferenceUID": seg.FrameOfReferenceUID,
        "segments": [segment_row(opened.get_segment_description(number)) for number in opened.segment_numbers],
        "sr": read_sr(folder / "sr.dcm", seg.SOPInstanceUID),
    }


if __name__ == "__main__":
    folders = sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir())
    print(json.dumps({folder.name: read_case(folder) for folder in folders}))
