"""The steps of ``benchmark gpu``, each in a process of its own: a GPU's memory has one owner."""

import json
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.costs import CountingSink
from benchmark.features import made_up_frames, smallest_cosine
from benchmark.hours_steps import run as run_index
from benchmark.peak import OwnMemory, resident_megabytes
from frameatlas.embedder.decode.video import decode_video
from frameatlas.embedder.describe import engine_tensorflow
from frameatlas.embedder.describe.engine_tensorflow import GpuRunner
from frameatlas.embedder.describe.features import square_crops
from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.embedder.describe.weights import load_xception
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.media.probe import probe_video

SECONDS = 4.0
"""How long one way of describing is timed, after the call that compiles it."""

COMPARED = 16
"""Crops whose features are held against Keras'."""

TIGHT_MEGABYTES, TOO_MANY = 3_000, 512
"""Memory that the last step leaves itself, and a batch that is too large for it."""

Figures = dict[str, Any]


def card(_: Path, device: str) -> Figures:
    """What TensorFlow says of the GPU."""
    tf = import_tensorflow()
    found = [] if device == "cpu" else tf.config.list_physical_devices("GPU")
    if not found:
        return {"name": "the processor, in place of a GPU" if device == "cpu" else ""}
    details = tf.config.experimental.get_device_details(found[0])
    capability = ".".join(map(str, details.get("compute_capability", ())))
    return {"name": details.get("device_name", "a GPU"), "capability": capability}


def keras(folder: Path, device: str, batch: str) -> Figures:
    """Keras' own ``predict`` in float32; its features are kept to compare with."""
    model, crops = load_xception(), some_crops(int(batch))

    def predict(some: NDArray[np.uint8]) -> NDArray[np.float32]:
        scaled = some.astype(np.float32) / np.float32(127.5) - np.float32(1)
        found: NDArray[np.float32] = model.predict(scaled, batch_size=int(batch), verbose=0)
        return found

    figures = timed(predict, crops)
    np.save(folder / "keras.npy", predict(crops[:COMPARED]))
    return figures | memory(device)


def describe(folder: Path, device: str, precision: str, xla: str, batch: str) -> Figures:
    """Our own way, with one precision, with or without XLA, in batches of one size.

    What two callers at once gain says what copying costs, and crops that lie on the card already
    say what is left for the card itself.
    """
    set_device(device)
    runner = GpuRunner(load_xception(), precision, xla=xla == "xla", batch=int(batch))
    crops = some_crops(int(batch))
    figures = timed(runner.describe, crops)
    if (folder / "keras.npy").exists():
        features = runner.describe(crops[:COMPARED])
        reference = np.load(folder / "keras.npy", allow_pickle=False)
        least = min(len(features), len(reference))
        figures["cosine"] = smallest_cosine(features[:least], reference[:least])
    figures |= {"batch_kept": runner.batch_kept} | memory(device)
    if runner.batch_kept == int(batch):
        tf = import_tensorflow()
        with tf.device(engine_tensorflow.GPU_DEVICE):
            lying = tf.constant(crops)
        figures["on_the_card"] = timed(lambda _: runner.compiled(lying).numpy(), crops)[
            "crops_per_second"
        ]
        figures["two_at_once"] = two_at_once(runner.describe, crops)
    return figures


def two_at_once(call: Callable[[NDArray[np.uint8]], Any], crops: NDArray[np.uint8]) -> float:
    """Crops a second of two threads together."""
    with ThreadPoolExecutor(2) as threads:
        both: list[Figures] = list(threads.map(timed, [call] * 2, [crops] * 2))
    return float(both[0]["crops_per_second"] + both[1]["crops_per_second"])


def beside(folder: Path, device: str, film: str, decoders: str) -> Figures:
    """Describing as ``index`` does, while a film is decoded over and over beside it."""
    set_device(device)
    runner, crops = GpuRunner(load_xception()), some_crops(engine_tensorflow.GPU_BATCH)
    runner.describe(crops)
    over, sinks = threading.Event(), [CountingSink() for _ in range(int(decoders))]
    path = folder / film
    length = probe_video(path).duration or 0.0
    rounds = [0.0] * len(sinks)

    def decode(number: int) -> None:
        while not over.is_set():
            sink = CountingSink()
            decode_video(path, probe_video(path), FrameSettings(), sink, stopped=lambda: False)
            sinks[number].count += sink.count
            rounds[number] += length

    threads = [threading.Thread(target=decode, args=(n,)) for n in range(len(sinks))]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    figures = timed(runner.describe, crops, 2 * SECONDS)
    over.set()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    return figures | {
        "decoders": len(sinks),
        "frames_decoded_per_second": sum(sink.count for sink in sinks) / seconds,
        "film_decoded_per_second": sum(rounds) / seconds,
    }


def whole(folder: Path, device: str, films: str, engine: str) -> Figures:
    """A whole ``index`` of the films, against its estimate."""
    set_device(device)
    return run_index(folder, films, engine) | memory(device)


def tight(_: Path, device: str) -> Figures:
    """A batch that a GPU of 3 GB cannot hold: it is halved until it can."""
    set_device(device)
    tf = import_tensorflow()
    if device != "cpu":
        gpu = tf.config.list_physical_devices("GPU")[0]
        limit = tf.config.LogicalDeviceConfiguration(memory_limit=TIGHT_MEGABYTES)
        tf.config.set_logical_device_configuration(gpu, [limit])
    batch = TOO_MANY if device != "cpu" else 2
    runner = GpuRunner(load_xception(), batch=batch)
    features = runner.describe(some_crops(batch))
    return {"asked": batch, "kept": runner.batch_kept, "finite": bool(np.isfinite(features).all())}


def some_crops(count: int) -> NDArray[np.uint8]:
    """uint8 (count, 299, 299, 3): a few made-up ones, repeated."""
    frames, boxes = made_up_frames(min(16, (count + 1) // 2))
    crops, _ = square_crops(frames, boxes)
    return np.resize(crops, (count, *crops.shape[1:]))


def timed(
    call: Callable[[NDArray[np.uint8]], Any], crops: NDArray[np.uint8], seconds: float | None = None
) -> Figures:
    """Crops a second, and the seconds of the first call, which compiles."""
    begun = time.perf_counter()
    call(crops)
    first, done, begun = time.perf_counter() - begun, 0, time.perf_counter()
    while not done or time.perf_counter() - begun < (SECONDS if seconds is None else seconds):
        call(crops)
        done += len(crops)
    return {
        "first_call_seconds": first,
        "crops_per_second": done / (time.perf_counter() - begun),
    }


def set_device(device: str) -> None:
    """Where ``GpuRunner`` works: on the processor only to see whether these steps run."""
    if device == "cpu":
        vars(engine_tensorflow)["GPU_DEVICE"] = "/CPU:0"


def memory(device: str) -> Figures:
    """The most of the GPU's memory that was held."""
    if device == "cpu":
        return {"gpu_megabytes": None}
    tf = import_tensorflow()
    return {"gpu_megabytes": tf.config.experimental.get_memory_info("GPU:0")["peak"] / 1e6}


STEPS: dict[str, Callable[..., Figures]] = {
    step.__name__: step for step in (card, keras, describe, beside, whole, tight)
}


def main(name: str, folder: str, device: str, *arguments: str) -> None:
    """Run a step; print its figures and its memory as one JSON object."""
    with OwnMemory() as own:
        figures = STEPS[name](Path(folder), device, *arguments)
    figures |= {
        "own_megabytes": round(own.megabytes),
        "resident_megabytes": round(resident_megabytes()),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
