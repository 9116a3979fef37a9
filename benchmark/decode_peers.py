"""The way of PySceneDetect to small frames: OpenCV reads every frame, those kept are scaled."""

from pathlib import Path


def there() -> bool:
    """Whether PySceneDetect is installed, with an OpenCV that this system can load."""
    try:
        import scenedetect  # noqa: F401
    except ImportError:
        return False
    return True


def scenedetect_frames(path: Path, fps: float, size: tuple[int, int]) -> int | None:
    """Read a video as PySceneDetect does where it leaves frames out, and forget the frames.

    Frames that are not kept are decoded, but not converted to RGB. Which are kept is counted by
    the frame rate, so that a video of changing rate gives others than ours do.

    Args:
        path: The video.
        fps: Frames kept a second.
        size: Width and height that they are scaled to.

    Returns:
        Number of frames kept; None where it cannot open the video.
    """
    import cv2
    from scenedetect import VideoOpenFailure, open_video

    try:
        video = open_video(str(path))
    except (VideoOpenFailure, OSError):
        return None
    rate, kept, number = float(video.frame_rate), 0, 0
    while True:
        wanted = number == 0 or int(number * fps / rate) > int((number - 1) * fps / rate)
        picture = video.read(decode=wanted)
        if picture is False:
            return kept
        number += 1
        if wanted:
            cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)
            kept += 1
