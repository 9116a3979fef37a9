"""Networks small enough to be made in a test: CLIP that is trained here, others at random.

``trained_clip(folder)`` trains two towers on drawn shapes until they know three colours and three
shapes by name, and saves them as keras_hub saves a network. No downloaded weights are in it.
"""

import io
import os
import string
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

COLOURS = {"red": (215, 40, 35), "green": (40, 170, 60), "blue": (45, 70, 215)}
SHAPES = ("circle", "square", "triangle")
WORDS = (*COLOURS, *SHAPES)
SIDE = 32
LONGEST = 20
LETTERS = string.ascii_lowercase


def drawn(colour, shape, random, size=(SIDE, SIDE)):
    """A picture of one shape in one colour somewhere on a greyish ground, uint8 (h, w, 3)."""
    width, height = size
    ground = random.integers(90, 200) + random.integers(-12, 13, 3)
    noise = random.integers(-10, 11, (height, width, 3))
    picture = Image.fromarray(np.clip(ground + noise, 0, 255).astype(np.uint8))
    side = min(size) * random.uniform(0.5, 0.8)
    x = random.uniform(0, width - side)
    y = random.uniform(0, height - side)
    tint = np.clip(np.array(COLOURS[colour]) + random.integers(-22, 23, 3), 0, 255)
    paint(ImageDraw.Draw(picture), shape, (x, y, x + side, y + side), tuple(map(int, tint)))
    return np.asarray(picture)


def paint(draw, shape, box, fill):
    left, top, right, bottom = box
    if shape == "circle":
        draw.ellipse(box, fill)
    elif shape == "square":
        draw.rectangle(box, fill)
    else:
        draw.polygon([((left + right) / 2, top), (right, bottom), (left, bottom)], fill)


def drawn_set(count, seed):
    """Pictures with their colours and shapes."""
    random = np.random.default_rng(seed)
    labels = [(str(random.choice(list(COLOURS))), str(random.choice(SHAPES))) for _ in range(count)]
    return np.stack([drawn(*label, random) for label in labels]), labels


def clip_model():
    import keras_hub

    models = keras_hub.models
    vision = models.CLIPVisionEncoder(
        patch_size=8, hidden_dim=32, num_layers=2, num_heads=2, intermediate_dim=64,
        image_shape=(SIDE, SIDE, 3),
    )  # fmt: skip
    text = models.CLIPTextEncoder(
        vocabulary_size=len(vocabulary()), embedding_dim=32, hidden_dim=32, num_layers=1,
        num_heads=2, intermediate_dim=64, max_sequence_length=LONGEST,
    )  # fmt: skip
    return models.CLIPBackbone(vision_encoder=vision, text_encoder=text, projection_dim=24)


def vocabulary():
    """Letters, alone and at a word's end; the end token has the largest number, as CLIP needs."""
    tokens = ["re", *LETTERS, *(letter + "</w>" for letter in LETTERS)]
    return {t: n for n, t in enumerate([*tokens, "<|startoftext|>", "<|endoftext|>"])}


def clip_preprocessor():
    import keras_hub

    tokenizer = keras_hub.models.CLIPTokenizer(vocabulary=vocabulary(), merges=["r e"])
    converter = keras_hub.layers.CLIPImageConverter(
        image_size=(SIDE, SIDE), scale=[1 / 127.5] * 3, offset=[-1.0] * 3
    )
    return keras_hub.models.CLIPPreprocessor(tokenizer, converter, sequence_length=LONGEST)


def random_clip(folder):
    """CLIP as it is before training; every call makes another."""
    return _saved(clip_model(), folder, clip_preprocessor())


def trained_clip(folder, steps=800, batch=64):
    """CLIP that knows six words, and pairs such as "red circle"."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(7)
    model, preprocessor = clip_model(), clip_preprocessor()
    sentences = [*WORDS, *(f"{colour} {shape}" for colour in COLOURS for shape in SHAPES)]
    tokens = tf.constant(preprocessor({"prompts": sentences, "images": None})["token_ids"])
    pictures, labels = drawn_set(1500, 1)
    wanted = np.array([[fits(s, label) for s in sentences] for label in labels], np.float32)
    optimizer = keras.optimizers.AdamW(4e-3, weight_decay=1e-3)

    @tf.function
    def step(pixels, target):
        with tf.GradientTape() as tape:
            seen = model.get_vision_embeddings(tf.cast(pixels, tf.float32) / 127.5 - 1)
            told = model.get_text_embeddings(tokens)
            seen, told = tf.math.l2_normalize(seen, 1), tf.math.l2_normalize(told, 1)
            logits = 14 * tf.matmul(seen, told, transpose_b=True) - 4
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(target, logits))
            for few in (slice(0, 3), slice(3, 6)):  # one colour, one shape
                loss += 0.3 * tf.reduce_mean(
                    tf.nn.softmax_cross_entropy_with_logits(target[:, few], logits[:, few])
                )
        trained = [v.value for v in model.trainable_variables]
        gradients = tape.gradient(loss, trained)
        known = [
            (g, v)
            for g, v in zip(gradients, model.trainable_variables, strict=True)
            if g is not None
        ]
        optimizer.apply(*map(list, zip(*known, strict=True)))
        return loss

    optimizer.build([v for v in model.trainable_variables if "logit" not in v.path])
    random = np.random.default_rng(2)
    for number in range(steps):
        optimizer.learning_rate = 4e-3 * min(1, number / 20) * (1 - 0.9 * number / steps)
        chosen = random.integers(0, len(pictures), batch)
        step(tf.constant(pictures[chosen]), tf.constant(wanted[chosen]))
    return _saved(model, folder, preprocessor)


def clip_of_this_run(folder):
    """The trained CLIP, in a folder of this process or where another of the same run has put it."""
    own, run = folder / "trained-clip", folder.parent / "trained-clip"
    if "PYTEST_XDIST_WORKER" not in os.environ:  # then what is beside the folder is another run's
        run = own
    if not run.is_dir():
        trained_clip(own)
        with suppress(OSError):  # somebody was quicker
            own.rename(run)
    return own if own.is_dir() else run


def fits(sentence, label):
    return all(word in label for word in sentence.split())


def random_siglip(folder):
    import keras_hub
    import sentencepiece

    models = keras_hub.models
    proto = io.BytesIO()
    lines = [" ".join(WORDS), *WORDS, "a red circle", "the blue square", "some green triangle"]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=proto, vocab_size=34, model_type="unigram",
        pad_id=0, bos_id=-1, eos_id=1, unk_id=2, minloglevel=2, hard_vocab_limit=False,
    )  # fmt: skip
    vision = models.SigLIPVisionEncoder(
        patch_size=8, hidden_dim=32, num_layers=2, num_heads=2, intermediate_dim=64,
        image_shape=(SIDE, SIDE, 3),
    )  # fmt: skip
    text = models.SigLIPTextEncoder(
        vocabulary_size=60, embedding_dim=32, hidden_dim=32, num_layers=1, num_heads=2,
        intermediate_dim=64, max_sequence_length=LONGEST,
    )  # fmt: skip
    model = models.SigLIPBackbone(vision_encoder=vision, text_encoder=text)
    tokenizer = models.SigLIPTokenizer(proto=proto.getvalue())
    return _saved(model, folder, models.SigLIPPreprocessor(tokenizer, sequence_length=LONGEST))


def random_metaclip(folder):
    import keras_hub

    models = keras_hub.models
    vision = models.MetaCLIP2VisionEncoder(
        patch_size=8, hidden_dim=32, num_layers=2, num_heads=2, intermediate_dim=64,
        image_shape=(SIDE, SIDE, 3),
    )  # fmt: skip
    text = models.MetaCLIP2TextEncoder(
        vocabulary_size=60, embedding_dim=32, hidden_dim=32, num_layers=1, num_heads=2,
        intermediate_dim=64, max_sequence_length=LONGEST,
    )  # fmt: skip
    model = models.MetaCLIP2Backbone(vision_encoder=vision, text_encoder=text, projection_dim=24)
    return _saved(model, folder)


def random_dino(folder, version=2):
    import keras_hub

    given = {"position_embedding_shape": (SIDE, SIDE, 3)} if version == 2 else {}
    made = getattr(keras_hub.models, f"DINOV{version}Backbone")(
        patch_size=8, num_layers=2, hidden_dim=32, num_heads=2, intermediate_dim=64,
        image_shape=(SIDE, SIDE, 3), **given,
    )  # fmt: skip
    return _saved(made, folder)


def _saved(model, folder, preprocessor=None):
    model.save_to_preset(str(folder))
    if preprocessor is not None:
        preprocessor.save_to_preset(str(folder))
    return Path(folder)
