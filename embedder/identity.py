"""A source is known by its content, so that a moved or renamed file is not decoded again."""

from frameatlas.content import SAMPLE_BYTES, content_digest, read_error_reason

__all__ = ["SAMPLE_BYTES", "content_digest", "read_error_reason"]
