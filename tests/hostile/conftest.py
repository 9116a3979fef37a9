"""What a hostile file would reach for: an address that listens, and a film that is a secret."""

import socket
import subprocess
import threading

import imageio_ffmpeg
import pytest


class Trap:
    """Listens on this machine and counts whoever comes."""

    def __init__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.port = self._socket.getsockname()[1]
        self.came = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        while not self._ended.is_set():
            try:
                visitor, _ = self._socket.accept()
            except TimeoutError:
                continue
            self.came += 1
            visitor.close()

    def close(self):
        """No more visitors."""
        self._ended.set()
        self._thread.join()
        self._socket.close()


@pytest.fixture
def trap():
    """A listening socket; the test fails if anybody came, unless it says ``trap.expected``."""
    made = Trap()
    made.expected = False
    yield made
    made.close()
    assert bool(made.came) == made.expected, f"{made.came} connections"


def drawn(path, drawing, *options):
    """Have FFmpeg draw a small video."""
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y"]
    subprocess.run([*program, "-f", "lavfi", "-i", drawing, *options, str(path)], check=True)
    return path


@pytest.fixture(scope="session")
def draw():
    """``draw(path, drawing, *options)``."""
    return drawn


@pytest.fixture(scope="session")
def secret(tmp_path_factory):
    """A film of this machine that no file from outside may lead to."""
    folder = tmp_path_factory.mktemp("private")
    return drawn(folder / "secret.mp4", "color=red:s=32x18:r=5:d=2", "-c:v", "mpeg4")
