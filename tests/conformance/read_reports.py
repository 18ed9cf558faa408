"""Reads SEG and SR objects with pydicom and highdicom, and says what they hold.

Usage: read_reports.py FOLDER. The folder has one sub-folder a case with `seg.dcm`, `sr.dcm`, `slices.json`
(`rows`, `columns`, `slices`: `[{uid, position}]`), `regions.raw` and `infarct.raw` (uint8, slice by slice). Prints one
JSON object: case name to what was read and in how many voxels each reader's masks differ from the raw ones.
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
    """Boolean array (slice, row, column, segment - 1) of the masks as the writer was given them."""
    shape = (len(slices["slices"]), slices["rows"], slices["columns"])
    regions = np.fromfile(folder / "regions.raw", np.uint8).reshape(shape)
    infarct = np.fromfile(folder / "infarct.raw", np.uint8).reshape(shape)
    planes = [regions == segment for segment in range(1, INFARCT_SEGMENT)] + [infarct != 0]
    return np.stack(planes, axis=-1)


def masks_by_pydicom(seg, slices):
    """Masks from pydicom's pixels and the functional groups alone; and the largest error of a frame's position, mm."""
    index = {item["uid"]: number for number, item in enumerate(slices["slices"])}
    masks = np.zeros((len(index), seg.Rows, seg.Columns, INFARCT_SEGMENT), bool)
    frames = seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)
    error = 0.0
    for frame, group in zip(frames, seg.PerFrameFunctionalGroupsSequence, strict=True):
        source = group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        segment = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        position = np.array(group.PlanePositionSequence[0].ImagePositionPatient, float)
        error = max(error, np.abs(position - slices["slices"][index[source]]["position"]).max())
        masks[index[source], :, :, segment - 1] |= frame.astype(bool)
    return masks, float(error)


def masks_by_highdicom(path, slices):
    """Masks as highdicom assembles them for the source instances, overlap and all."""
    seg = highdicom.seg.segread(path)
    uids = [item["uid"] for item in slices["slices"]]
    pixels = seg.get_pixels_by_source_instance(
        uids, segment_numbers=range(1, INFARCT_SEGMENT + 1), assert_missing_frames_are_empty=True
    )
    return pixels.astype(bool)


def segment_row(description):
    """Label, codes and laterality of one segment."""
    kind = description.segmented_property_type
    modifiers = kind.get("SegmentedPropertyTypeModifierCodeSequence", [])
    algorithm = description.SegmentationAlgorithmIdentificationSequence[0]
    return {
        "number": description.segment_number,
        "label": description.segment_label,
        "category": [description.segmented_property_category.scheme_designator, description.segmented_property_category.value],
        "type": [kind.scheme_designator, kind.value],
        "side": modifiers[0].CodeMeaning.lower() if modifiers else None,
        "algorithmType": description.SegmentAlgorithmType,
        "algorithmParameters": algorithm.AlgorithmParameters,
        "colour": list(description.RecommendedDisplayCIELabValue),
    }


def own(group, value):
    """Values of a group's measurement or evaluation with a code of the private scheme."""
    found = [m.value for m in group.get_measurements() if (m.name.scheme_designator, m.name.value) == (PRIVATE_SCHEME, value)]
    found += [
        e.value.meaning
        for e in group.get_qualitative_evaluations()
        if (e.name.scheme_designator, e.name.value) == (PRIVATE_SCHEME, value)
    ]
    return found[0] if found else None


def region_row(group, seg_uid):
    """One region of one side, as highdicom reads its measurement group."""
    site = group.finding_sites[0]
    volume = group.get_measurements(name=codes.SCT.Volume)[0]
    hu = group.get_measurements(name=codes.DCM.AttenuationCoefficient)
    segments = []
    if isinstance(group, highdicom.sr.VolumetricROIMeasurementsAndQualitativeEvaluations):
        reference = group.referenced_segment[0]
        assert reference.referenced_sop_instance_uid == seg_uid
        segments = list(reference.referenced_segment_numbers)
    return {
        "label": group.tracking_identifier,
        "site": [site.value.scheme_designator, site.value.value],
        "side": site.laterality.meaning.lower(),
        "affected": own(group, "AFFECTED") == "Yes",
        "modelAffected": own(group, "MODEL_AFFECTED") == "Yes",
        "decidedBy": own(group, "DECIDED_BY"),
        "volumeMl": volume.value,
        "volumeUnit": [volume.unit.scheme_designator, volume.unit.value],
        "infarctMl": own(group, "INFARCT_VOL"),
        "infarctFraction": own(group, "INFARCT_FRACTION"),
        "meanHu": hu[0].value if hu else None,
        "segments": segments,
    }


def read_sr(path, seg_uid):
    """The report as highdicom's TID 1500 reader gives it."""
    document = highdicom.sr.srread(path)
    content = document.content
    groups = content.get_volumetric_roi_measurement_groups() + content.get_image_measurement_groups()
    finding = lambda value: [g for g in groups if (g.finding_type.scheme_designator, g.finding_type.value) == (PRIVATE_SCHEME, value)]
    score = finding("ASPECTS_ASSESS")[0]
    infarct = finding("INFARCT")[0]
    hemispheres = {g.finding_sites[0].laterality.meaning.lower(): own(g, "ASPECTS") for g in finding("HEMISPHERE")}
    evidence = [ref.ReferencedSOPInstanceUID for series in document.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence for ref in series.ReferencedSOPSequence]
    return {
        "score": own(score, "ASPECTS"),
        "affectedSide": own(score, "AFFECTED_SIDE"),
        "bin": own(score, "BIN"),
        "hemispheres": hemispheres,
        "regions": [region_row(group, seg_uid) for group in finding("REGION")],
        "infarctMl": own(infarct, "INFARCT_VOL"),
        "fractionOfMca": own(infarct, "MCA_FRACTION"),
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
    by_highdicom = masks_by_highdicom(folder / "seg.dcm", slices)
    opened = highdicom.seg.segread(folder / "seg.dcm")
    measures = seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    orientation = seg.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0].ImageOrientationPatient
    return {
        "voxels": int(expected.sum()),
        "differentByPydicom": int((by_pydicom != expected).sum()),
        "differentByHighdicom": int((by_highdicom != expected).sum()),
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
