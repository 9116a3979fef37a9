"""What stands on maps of features: a person's mask, pictures drawn again, a clustering network.

Texas A&M's report has all three. Its dilated network (Pakhomov et al. 2017) gives one logit a
place, which is scaled up to the picture; its autoencoder mirrors a ResNet-18 with transposed
convolutions; its clustering network is a few convolutions on the code.
"""

from typing import Any

from frameatlas.reid.learn.networks.layers import LayerMaker

CLUSTERING_LAYERS = 8
"""Convolutions of the clustering network: the smallest that the report names."""


def mask_logits(maps: Any, size: tuple[int, int], make: LayerMaker) -> Any:
    """One logit a pixel, (n, height, width), scaled up from the maps by bilinear interpolation."""
    import keras

    logits = make.convolution(maps, 1, 1, 1, "mask_conv")
    logits = keras.layers.Resizing(
        *size, interpolation="bilinear", dtype="float32", name="mask_scaled"
    )(logits)
    return keras.layers.Reshape(size, dtype="float32", name="mask")(logits)


def clustering_features(maps: Any, make: LayerMaker) -> Any:
    """Features float32 (n, d) of a code, by convolutions that see it as a picture."""
    import keras

    x = maps
    for place in range(CLUSTERING_LAYERS):
        x = make.convolution(x, maps.shape[-1], 3, 1, f"cluster{place + 1}_conv")
        x = make.norm(x, f"cluster{place + 1}_bn")
        if place < CLUSTERING_LAYERS - 1:
            x = make.relu(x, f"cluster{place + 1}_relu")
    return keras.layers.GlobalAveragePooling2D(name="cluster_pool", dtype="float32")(x)


def build_decoder(code: tuple[int, int, int], size: tuple[int, int], seed: int) -> Any:
    """A ``keras.Model`` from codes (n, h', w', d) back to pictures (n, h, w, 3), 0 to 1.

    Transposed convolutions double the size, halving the channels, until the picture's is reached.
    """
    import keras

    make = LayerMaker(seed + 15_485_863)
    inputs = keras.Input(code, name="code")
    x, channels, place = inputs, code[2], 0
    while x.shape[1] < size[0] or x.shape[2] < size[1]:
        place += 1
        channels = max(8, channels // 2)
        x = keras.layers.Conv2DTranspose(
            channels,
            4,
            strides=2,
            padding="same",
            use_bias=False,
            kernel_initializer=keras.initializers.HeNormal(make.next_seed()),
            name=f"up{place}",
        )(x)
        x = make.relu(make.norm(x, f"up{place}_bn"), f"up{place}_relu")
    x = keras.layers.Resizing(*size, interpolation="bilinear", name="to_size")(x)
    make.bias = True
    x = make.convolution(x, 3, 3, 1, "drawn")
    x = keras.layers.Activation("sigmoid", name="picture", dtype="float32")(x)
    return keras.Model(inputs, x, name="decoder")
