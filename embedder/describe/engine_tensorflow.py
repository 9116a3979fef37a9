"""The TensorFlow engine: a frozen graph, laid out for throughput on a CPU or a GPU."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.describe.cpu import has_bfloat16
from frameatlas.embedder.describe.memory import give_memory_back
from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
from frameatlas.embedder.describe.weights import CROP_SIDE, FEATURES, load_xception
from frameatlas.embedder.describe.xception import features_of, fold_batchnorm
from frameatlas.processors import available_processors

GPU_DEVICE = "/GPU:0"

GPU_BATCH = 64
"""Crops per call on a GPU: one block of the pipeline."""

IDLE_REWRITES = (
    "constant_folding",
    "arithmetic_optimization",
    "dependency_optimization",
    "loop_optimization",
    "function_optimization",
    "shape_optimization",
    "common_subgraph_elimination",
    "debug_stripper",
    "auto_mixed_precision",
    "layout_optimizer",
    "pin_to_host_optimization",
    "implementation_selector",
)

Describe = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""uint8 (m, 299, 299, 3), RGB → float32 (m, 2048)."""


class Runner(Protocol):
    """The graph on one device."""

    device: str
    precision: str
    batch: int

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of any number of crops from 1."""

    def close(self) -> None:
        """Give threads and memory back."""


class TensorflowEngine:
    """Xception in TensorFlow; see ``frameatlas.embedder.describe.engine.Engine``.

    Args:
        weights: Another weights file for Xception; None takes the packaged one.
        precision: "float32" or "bfloat16"; None takes what the machine is good at.
        workers: Crops described at the same time on a CPU; None takes one for each processor.
    """

    name = "tensorflow"

    def __init__(
        self, weights: Path | None = None, precision: str | None = None, workers: int | None = None
    ) -> None:
        model = load_xception(weights)
        tf = import_tensorflow()
        if tf.config.list_physical_devices("GPU"):
            self._runner: Runner = GpuRunner(model, precision or "float16")
        else:
            precision = precision or ("bfloat16" if has_bfloat16() else "float32")
            self._runner = CpuRunner(model, precision, workers or available_processors())
        del model
        give_memory_back()
        self.batch = self._runner.batch
        self.identity = (
            f"tensorflow {tf.__version__} {self._runner.device} {self._runner.precision}"
        )

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of crops: uint8 (m, 299, 299, 3), RGB → float32 (m, 2048)."""
        if not len(crops):
            return np.empty((0, FEATURES), np.float32)
        return self._runner.describe(crops)

    def close(self) -> None:
        """Give threads and memory back; the engine cannot be used any more."""
        self._runner.close()


class HeldWeights:
    """Weights as variables of a graph, filled one by one.

    As constants they stand in the graph, of which TensorFlow makes several copies of 80 MB each:
    half a gigabyte more, and no faster.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Any, Any, NDArray[Any]]] = []

    def __call__(self, array: NDArray[Any], dtype: Any) -> Any:
        """A tensor of the graph being built."""
        import tensorflow as tf

        given = tf.compat.v1.placeholder(dtype, array.shape)
        variable = tf.compat.v1.get_variable(
            f"weight{len(self._waiting)}", array.shape, dtype, use_resource=True
        )
        values = np.asarray(array).astype(dtype.as_numpy_dtype)
        self._waiting.append((variable.assign(given), given, values))
        return variable.read_value()

    def fill(self, session: Any) -> None:
        """Give the variables their values."""
        for assigned, given, values in self._waiting:
            session.run(assigned.op, {given: values})
        self._waiting.clear()


class CpuRunner:
    """One crop per processor at a time, from as many threads as there are processors.

    Threads that each run a crop of their own never wait for one another, as the threads of one
    operation over a batch do; and a crop's activations are more likely to fit the cache. As each
    crop is a call of its own, its features do not depend on its batch.
    """

    device = "cpu"

    def __init__(self, model: Any, precision: str, workers: int) -> None:
        import tensorflow as tf

        self.precision = precision
        self.batch = workers
        weights = fold_batchnorm(model)
        graph, held = tf.Graph(), HeldWeights()
        with graph.as_default():
            self._crops = tf.compat.v1.placeholder(tf.uint8, (None, CROP_SIDE, CROP_SIDE, 3))
            dtype = tf.as_dtype(precision)
            self._features = features_of(model, weights, self._crops, dtype, held)
        # A session and not a tf.function: only a session has threads of its own, so that
        # describing can be laid out for throughput and training elsewhere keeps TensorFlow's way.
        layout = tf.compat.v1.ConfigProto(
            intra_op_parallelism_threads=1,
            inter_op_parallelism_threads=workers,
            use_per_session_threads=True,
            device_count={"GPU": 0},
        )
        only_joining(layout.graph_options.rewrite_options)
        self._session = tf.compat.v1.Session(graph=graph, config=layout)
        held.fill(self._session)
        self._threads = ThreadPoolExecutor(workers, "describe")

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of any number of crops from 1."""
        parts = self._threads.map(self._one, range(len(crops)), [crops] * len(crops))
        return np.concatenate(list(parts))

    def _one(self, number: int, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        feed = {self._crops: crops[number : number + 1]}
        features: NDArray[np.float32] = self._session.run(self._features, feed)
        return features

    def close(self) -> None:
        """Give threads and memory back."""
        self._threads.shutdown()
        self._session.close()


def only_joining(rewrites: Any) -> None:
    """Of TensorFlow's rewriting of graphs, keep what joins convolution, bias and ReLU.

    The others find nothing to do in a folded graph, and copy 80 MB of constants many times: 0.7 GB
    of memory and half of the first call's time.
    """
    for name in IDLE_REWRITES:
        setattr(rewrites, name, type(rewrites).OFF)
    rewrites.memory_optimization = type(rewrites).NO_MEM_OPT
    rewrites.meta_optimizer_iterations = type(rewrites).ONE


class GpuRunner:
    """Mixed precision and XLA: float16 convolutions, float32 scaling and mean, one compilation.

    Every call has the same number of crops (the last is filled up), so that XLA compiles once.

    Args:
        model: Xception.
        precision: "float16" or "float32".
        xla: Whether XLA compiles it.
        batch: Crops per call; None takes one block of the pipeline.

    Attributes:
        compiled: Features of a tensor of ``batch`` crops, as another one.
    """

    device = "gpu"

    def __init__(
        self,
        model: Any,
        precision: str = "float16",
        *,
        xla: bool = True,
        batch: int | None = None,
    ) -> None:
        import tensorflow as tf

        self.precision = precision
        weights = fold_batchnorm(model)

        @tf.function(jit_compile=xla, reduce_retracing=False)  # type: ignore[untyped-decorator]
        def features(crops: Any) -> Any:
            return features_of(model, weights, crops, tf.as_dtype(precision))

        self.compiled = features

        def call(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
            with tf.device(GPU_DEVICE):
                result: NDArray[np.float32] = features(tf.constant(crops)).numpy()
            return result

        self.batch = batch or GPU_BATCH
        self._halving = HalvingBatches(call, self.batch, tf.errors.ResourceExhaustedError)

    @property
    def batch_kept(self) -> int:
        """Crops per call that the memory sufficed for so far."""
        return self._halving.batch

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of any number of crops from 1."""
        return self._halving(crops)

    def close(self) -> None:
        """Nothing to give back before the process ends: TensorFlow keeps a GPU's memory."""


class HalvingBatches:
    """Calls a function with batches of one size, halved whenever the memory does not suffice.

    Args:
        function: What is called.
        batch: Crops per call to begin with; the size that worked last is kept.
        exhausted: The error that says that memory did not suffice.
    """

    def __init__(self, function: Describe, batch: int, exhausted: type[Exception]) -> None:
        self._function = function
        self._exhausted = exhausted
        self.batch = batch

    def __call__(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features of any number of crops, in their order."""
        done: list[NDArray[np.float32]] = []
        start = 0
        while start < len(crops):
            part = crops[start : start + self.batch]
            try:
                done.append(self._function(pad_batch(part, self.batch))[: len(part)])
            except self._exhausted:
                if self.batch == 1:
                    raise
                self.batch //= 2
            else:
                start += len(part)
        return np.concatenate(done)


def pad_batch(crops: NDArray[np.uint8], batch: int) -> NDArray[np.uint8]:
    """Crops followed by black ones up to the batch's size."""
    missing = batch - len(crops)
    return np.pad(crops, ((0, missing), (0, 0), (0, 0), (0, 0))) if missing else crops
