"""Makes the pictures beside it out of crates/worker/tests/data/words.png, with Pillow: the same words in every kind that is read."""
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
words = Image.open(HERE / "../../../worker/tests/data/words.png").convert("L")
empty = Image.new("L", words.size, 255)
colour = words.convert("RGB")

words.convert("P", palette=Image.ADAPTIVE, colors=16).save(HERE / "words.gif")
words.convert("1").save(HERE / "words.bmp")
words.save(HERE / "words.tif", compression="tiff_lzw")
colour.save(HERE / "words.webp", quality=60)
colour.save(HERE / "lossless.webp", lossless=True)
# The words stand in the second picture, or the picture moves.
empty.save(HERE / "second-frame.gif", save_all=True, append_images=[words], duration=500)
empty.save(HERE / "second-page.tif", save_all=True, append_images=[words], compression="tiff_lzw")
colour.save(HERE / "moving.webp", save_all=True, append_images=[empty.convert("RGB")], duration=500)
