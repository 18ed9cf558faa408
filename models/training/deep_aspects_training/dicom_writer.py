"""Writes a simulated head scan as a DICOM CT series that says in many places that it is synthetic."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, JPEGLSLossless

from .generator.head_scan import HeadScan

#: Root of UIDs made from a UUID or hash (PS3.5 B.2).
UID_ROOT = "2.25."


@dataclass(frozen=True)
class StudyDescription:
    """name: folder and seed of the UIDs; patient_name must hold the word SYNTHETIC."""

    name: str
    patient_name: str
    patient_id: str
    sex: str
    age_years: int
    series_description: str
    study_date: str = "20260105"
    study_time: str = "091500"


def make_uid(*parts: object) -> str:
    """The same parts give the same UID."""
    digest = hashlib.sha256("/".join(str(part) for part in parts).encode()).digest()
    return UID_ROOT + str(int.from_bytes(digest[:16], "big"))


def _patient_axes(scan: HeadScan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row and column directions and the position of each slice, in DICOM's LPS."""
    to_lps = np.diag([-1.0, -1.0, 1.0])
    row = to_lps @ scan.affine[:3, 0]
    column = to_lps @ scan.affine[:3, 1]
    count = len(scan.hu)
    positions = (to_lps @ (scan.affine[:3, 3:4] + scan.affine[:3, 2:3] * np.arange(count))).T
    return row / np.linalg.norm(row), column / np.linalg.norm(column), positions


def _header(scan: HeadScan, study: StudyDescription) -> FileDataset:
    dataset = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = CTImageStorage
    dataset.Modality = "CT"
    dataset.Manufacturer = "Deep-ASPECTS simulation"
    dataset.ManufacturerModelName = "SYNTHETIC"
    dataset.PatientName, dataset.PatientID = study.patient_name, study.patient_id
    dataset.PatientSex, dataset.PatientAge, dataset.PatientBirthDate = study.sex, f"{study.age_years:03d}Y", ""
    dataset.StudyInstanceUID = make_uid(study.name, "study")
    dataset.SeriesInstanceUID = make_uid(study.name, "series")
    dataset.FrameOfReferenceUID = make_uid(study.name, "frame")
    dataset.PositionReferenceIndicator = ""
    dataset.StudyID, dataset.SeriesNumber, dataset.AccessionNumber = "1", 2, ""
    dataset.ReferringPhysicianName = ""
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = dataset.ContentDate = study.study_date
    dataset.StudyTime = dataset.SeriesTime = dataset.AcquisitionTime = dataset.ContentTime = study.study_time
    dataset.StudyDescription = "SYNTHETIC head CT without contrast"
    dataset.SeriesDescription = study.series_description
    dataset.ImageComments = "SYNTHETIC image, simulated from a labelled atlas; not a patient"
    dataset.BodyPartExamined = "HEAD"
    dataset.PatientPosition = "HFS"
    dataset.BurnedInAnnotation = "NO"
    dataset.ImageType = ["DERIVED", "PRIMARY", "AXIAL"]
    dataset.DerivationDescription = "Simulated"
    dataset.KVP, dataset.ConvolutionKernel = 120, "SYNTHETIC-BRAIN"
    dataset.GantryDetectorTilt = scan.settings.tilt_deg
    dataset.SliceThickness = scan.settings.thickness_mm
    dataset.AcquisitionNumber = 1
    return dataset


def _pixels(scan: HeadScan, dataset: FileDataset, hu: np.ndarray) -> None:
    stored = np.clip(hu.astype(np.int32) + 1024, 0, 4095).astype(np.uint16)
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = hu.shape
    dataset.PixelSpacing = [scan.settings.pixel_mm, scan.settings.pixel_mm]
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = -1024, 1, "HU"
    dataset.WindowCenter, dataset.WindowWidth = 35, 80
    dataset.PixelData = stored.tobytes()


def write_series(scan: HeadScan, study: StudyDescription, folder: Path) -> list[Path]:
    """Write one JPEG-LS lossless file a slice, cranial slice first as scanners often send them; returns the paths."""
    if "SYNTHETIC" not in study.patient_name:
        raise ValueError(f"the patient's name {study.patient_name!r} does not say SYNTHETIC")
    folder.mkdir(parents=True, exist_ok=True)
    row, column, positions = _patient_axes(scan)
    paths = []
    for number, index in enumerate(reversed(range(len(scan.hu))), start=1):
        dataset = _header(scan, study)
        dataset.SOPInstanceUID = make_uid(study.name, "slice", index)
        dataset.InstanceNumber = number
        dataset.ImageOrientationPatient = [f"{value:.6f}" for value in (*row, *column)]
        dataset.ImagePositionPatient = [f"{value:.4f}" for value in positions[index]]
        dataset.SliceLocation = f"{positions[index][2]:.3f}"
        _pixels(scan, dataset, scan.hu[index])
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.compress(JPEGLSLossless, encoding_plugin="pyjpegls", generate_instance_uid=False)
        path = folder / f"{number:03d}.dcm"
        dataset.save_as(path, enforce_file_format=True)
        paths.append(path)
    return paths
