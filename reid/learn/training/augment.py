"""What is done to pictures before each step, in memory and as a function of the seed alone."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from frameatlas.reid.learn.networks.backbones import DEVIATION, MEAN
from frameatlas.reid.learn.training.train_plan import TrainPlan

LEAST_AREA, MOST_AREA, LEAST_RATIO = 0.02, 0.4, 0.3
"""Share of the picture and proportions of what is erased (Zhong et al. 2020)."""

_TRIES = 100

MEAN_COLOUR = 255 * np.array(MEAN, np.float32)
"""What is 0 after normalising: the fill of "zero"."""

REID_COLOUR = 255 * np.array(MEAN, np.float32) * (1 + np.array(DEVIATION, np.float32))
"""The field's code erases after normalising and fills in means that are not normalised: there it
is the normalised value .485, which is this colour here."""


def augmented(
    pictures: NDArray[np.uint8], plan: TrainPlan, random: np.random.Generator
) -> NDArray[np.float32]:
    """Flip, pad and cut again, turn, erase.

    Args:
        pictures: uint8 of shape (n, h, w, 3), RGB.
        plan: How often and how far.
        random: Decides each.

    Returns:
        float32 of shape (n, h, w, 3), 0 to 255.
    """
    return np.stack([_one(picture, plan, random) for picture in pictures])


def _one(
    picture: NDArray[np.uint8], plan: TrainPlan, random: np.random.Generator
) -> NDArray[np.float32]:
    # Everything is drawn whatever the plan says, so that one option moves no draw of another.
    flip, turn, erase = random.random(), random.uniform(-1, 1), random.random()
    shift = random.integers(0, 2 * plan.pad + 1, 2)
    height, width = picture.shape[:2]
    if plan.rotate:
        image = Image.fromarray(picture).rotate(
            turn * plan.rotate, Image.Resampling.BILINEAR, fillcolor=_colour_of_nothing()
        )
        picture = np.asarray(image)
    if flip < plan.flip:
        picture = picture[:, ::-1]
    if plan.pad:
        padded = np.pad(picture, ((plan.pad, plan.pad), (plan.pad, plan.pad), (0, 0)))
        picture = padded[shift[0] : shift[0] + height, shift[1] : shift[1] + width]
    out = np.array(picture, np.float32)
    if erase < plan.erase:
        _erase(out, REID_COLOUR if plan.fill == "reid" else MEAN_COLOUR, random)
    return out


def _erase(
    picture: NDArray[np.float32], colour: NDArray[np.float32], random: np.random.Generator
) -> None:
    height, width = picture.shape[:2]
    for _ in range(_TRIES):
        area = random.uniform(LEAST_AREA, MOST_AREA) * height * width
        ratio = random.uniform(LEAST_RATIO, 1 / LEAST_RATIO)
        high, wide = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < high < height and 0 < wide < width:
            top, left = random.integers(0, height - high + 1), random.integers(0, width - wide + 1)
            picture[top : top + high, left : left + wide] = colour
            return


def _colour_of_nothing() -> tuple[int, int, int]:
    red, green, blue = (round(float(value)) for value in MEAN_COLOUR)
    return red, green, blue
