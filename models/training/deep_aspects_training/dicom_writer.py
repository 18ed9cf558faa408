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


def patient_axes(scan: HeadScan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row and column directions and the position of each slice, in DICOM's LPS."""
    to_lps = np.diag([-1.0, -1.0, 1.0])
    row = to_lps @ scan.affine[:3, 0]
    column = to_lps @ scan.affine[:3, 1]
    count = len(scan.hu)
    positions = (to_lps @ (scan.affine[:3, 3:4] + scan.affine[:3, 2:3] * np.arange(count))).T
    return row / np.linalg.norm(row), column / np.linalg.norm(column), positions


def header(study: StudyDescription) -> FileDataset:
    """Patient, study and what every CT image of a simulation has; the caller adds geometry and pixels.

    Raises ValueError where the patient's name does not say SYNTHETIC.
    """
    if "SYNTHETIC" not in study.patient_name:
        raise ValueError(f"the patient's name {study.patient_name!r} does not say SYNTHETIC")
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
    dataset.AcquisitionNumber = 1
    return dataset


def place(dataset: FileDataset, row: np.ndarray, column: np.ndarray, position: np.ndarray, pixel_mm: float) -> None:
    """Image plane: directions of a row and of a column and the first pixel's centre, LPS mm."""
    dataset.ImageOrientationPatient = [f"{value:.6f}" for value in (*row, *column)]
    dataset.ImagePositionPatient = [f"{value:.4f}" for value in position]
    dataset.PixelSpacing = [pixel_mm, pixel_mm]


def save(dataset: FileDataset, hu: np.ndarray, path: Path, padding: int | None = None) -> None:
    """Write a JPEG-LS lossless file of hu [rows, columns]; 12 bits from -1024 HU on, or with `padding` signed HU with
    that Pixel Padding Value."""
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = hu.shape
    dataset.RescaleSlope, dataset.RescaleType, dataset.BitsAllocated = 1, "HU", 16
    dataset.WindowCenter, dataset.WindowWidth = 35, 80
    if padding is None:
        dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation, dataset.RescaleIntercept = 12, 11, 0, -1024
        dataset.PixelData = np.clip(hu.astype(np.int32) + 1024, 0, 4095).astype(np.uint16).tobytes()
    else:
        dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation, dataset.RescaleIntercept = 16, 15, 1, 0
        dataset.add_new("PixelPaddingValue", "SS", padding)
        dataset.PixelData = hu.astype(np.int16).tobytes()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.compress(JPEGLSLossless, encoding_plugin="pyjpegls", generate_instance_uid=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path, enforce_file_format=True)


def write_series(scan: HeadScan, study: StudyDescription, folder: Path) -> list[Path]:
    """Write one JPEG-LS lossless file a slice, cranial slice first as scanners often send them; returns the paths."""
    row, column, positions = patient_axes(scan)
    paths = []
    for number, index in enumerate(reversed(range(len(scan.hu))), start=1):
        dataset = header(study)
        dataset.SOPInstanceUID = make_uid(study.name, "slice", index)
        dataset.InstanceNumber = number
        dataset.GantryDetectorTilt, dataset.SliceThickness = scan.settings.tilt_deg, scan.settings.thickness_mm
        place(dataset, row, column, positions[index], scan.settings.pixel_mm)
        dataset.SliceLocation = f"{positions[index][2]:.3f}"
        path = folder / f"{number:03d}.dcm"
        save(dataset, scan.hu[index], path)
        paths.append(path)
    return paths
