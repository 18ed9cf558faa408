"""Registration of a labelled head to the MNI152 anatomy. Works on tissue numbers painted as grey values, so that both
images look alike.

Points and matrices are RAS mm throughout. SimpleITK calls its world LPS, but nothing here depends on the name: images
are given to it with RAS origins and identity directions.
"""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from . import grid
from .grid import TISSUES

#: Grey values that tell the tissues apart; everything outside the brain is 0. Neighbours in place differ most.
PAINT = {
    "sulcal CSF": 30,
    "ventricular CSF": 12,
    "choroid plexus": 12,
    "middle cerebral artery": 30,
    "dura": 30,
    "venous sinus": 30,
    "cortex": 75,
    "insular cortex": 75,
    "hippocampus": 75,
    "white matter": 120,
    "internal capsule": 120,
    "caudate": 55,
    "putamen": 65,
    "pallidum": 85,
    "thalamus": 70,
    "brainstem": 110,
    "cerebellar cortex": 70,
    "cerebellar white matter": 110,
}
STEP_MM = 2
#: Demons: grid (in steps), iterations and smoothing of the field, from coarse to fine.
DEMONS = ((2, 120, 1.6), (1, 60, 1.8))
#: Nodes of the field from atlas voxel to MNI position, in voxels.
FIELD_STEP = 4


def use_one_thread() -> None:
    """Heads are registered side by side, so each takes one core."""
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)


def painted(tissue: np.ndarray) -> np.ndarray:
    """Grey values (float32) of tissue numbers."""
    table = np.zeros(len(TISSUES), np.float32)
    for name, value in PAINT.items():
        table[TISSUES[name]] = value
    return table[tissue]


def _image(volume: np.ndarray, origin, step: float, sigma: float = 1.0) -> sitk.Image:
    """A smoothed, thinned copy of a 1 mm RAS volume as an ITK image with a spacing of `step` mm."""
    n = int(step)
    values = ndimage.gaussian_filter(volume, sigma)[::n, ::n, ::n]
    image = sitk.GetImageFromArray(np.ascontiguousarray(values.T))
    image.SetSpacing([float(n)] * 3)
    image.SetOrigin([float(v) for v in origin])
    return image


def _optimise(fixed, moving, start: sitk.Transform, iterations: int, share: float) -> sitk.Transform:
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMeanSquares()
    method.SetMetricSamplingStrategy(method.REGULAR)
    method.SetMetricSamplingPercentage(share)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=2.0, minStep=1e-3, numberOfIterations=iterations, relaxationFactor=0.6
    )
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([4, 2, 1])
    method.SetSmoothingSigmasPerLevel([3, 1, 0])
    method.SetInitialTransform(start, inPlace=False)
    result = method.Execute(fixed, moving)
    return result.GetBackTransform() if isinstance(result, sitk.CompositeTransform) else result


def matrix_of(transform: sitk.Transform) -> np.ndarray:
    """4x4 matrix of a linear ITK transform."""
    origin = np.array(transform.TransformPoint((0.0, 0.0, 0.0)))
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([np.array(transform.TransformPoint(tuple(row))) - origin for row in np.eye(3)], 1)
    matrix[:3, 3] = origin
    return matrix


def similarity(reference: np.ndarray, head: np.ndarray, head_origin: np.ndarray) -> np.ndarray:
    """4x4 matrix (rotation, shift, one scale) from points of the atlas to points of the head.

    reference: painted anatomy on the atlas grid; head: painted head, 1 mm, RAS, voxel 0 at head_origin.
    """
    fixed, moving = _image(reference, grid.ORIGIN, 2), _image(head, head_origin, 2)
    middles = [np.array(ndimage.center_of_mass(v > 0)) + o for v, o in ((reference, grid.ORIGIN), (head, head_origin))]
    start = sitk.Similarity3DTransform()
    start.SetCenter([float(v) for v in middles[0]])
    start.SetTranslation([float(v) for v in middles[1] - middles[0]])
    start.SetScale(float(np.cbrt((head > 0).sum() / (reference > 0).sum())))
    return matrix_of(_optimise(fixed, moving, start, 200, 0.2))


def field_to_mni(reference: np.ndarray, head: np.ndarray) -> np.ndarray:
    """MNI position [X', Y', Z', 3] (mm, float32) of every FIELD_STEP-th voxel of a painted head that lies on
    the atlas grid.

    An affine step, then diffeomorphic demons at 4 and 2 mm.
    """
    fixed, moving = _image(head, grid.ORIGIN, STEP_MM), _image(reference, grid.ORIGIN, STEP_MM)
    start = sitk.AffineTransform(3)
    start.SetCenter([0.0, -18.0, 8.0])
    affine = _optimise(fixed, moving, start, 200, 0.2)
    moved = sitk.Resample(moving, fixed, affine, sitk.sitkLinear, 0.0)
    displacement: sitk.Image | None = None
    for shrink, iterations, sigma in DEMONS:
        a, b = (sitk.Shrink(image, [shrink] * 3) if shrink > 1 else image for image in (fixed, moved))
        demons = sitk.FastSymmetricForcesDemonsRegistrationFilter()
        demons.SetNumberOfIterations(iterations)
        demons.SetSmoothDisplacementField(True)
        demons.SetStandardDeviations(sigma)
        demons.SetSmoothUpdateField(True)
        demons.SetUpdateFieldStandardDeviations(1.0)
        demons.SetMaximumUpdateStepLength(1.0)
        if displacement is None:
            displacement = demons.Execute(a, b)
        else:
            displacement = demons.Execute(
                a, b, sitk.Resample(displacement, a, sitk.Transform(), sitk.sitkLinear, 0.0, displacement.GetPixelID())
            )
    assert displacement is not None  # the loop has turns
    u = sitk.GetArrayFromImage(displacement).transpose(2, 1, 0, 3)
    n = FIELD_STEP // STEP_MM
    u = u[::n, ::n, ::n]
    axes = [np.arange(0, size, FIELD_STEP) + o for size, o in zip(grid.SHAPE, grid.ORIGIN)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), -1) + u
    matrix = matrix_of(affine)
    return (points @ matrix[:3, :3].T + matrix[:3, 3]).astype(np.float32)


def identity_field() -> np.ndarray:
    """The field of an anatomy that lies in MNI space."""
    axes = [np.arange(0, size, FIELD_STEP) + o for size, o in zip(grid.SHAPE, grid.ORIGIN)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1).astype(np.float32)


def positions(field: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """MNI x, y, z (float32 volumes of the atlas grid) of every voxel, from the nodes of a field."""
    steps = np.meshgrid(*[np.arange(n, dtype=np.float32) / FIELD_STEP for n in grid.SHAPE], indexing="ij", sparse=True)
    where = np.broadcast_arrays(*steps)
    return tuple(
        ndimage.map_coordinates(field[..., axis], where, order=1, mode="nearest", output=np.float32)
        for axis in range(3)
    )
