package inspect

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
)

const jpegQuality = 90 // at which nobody sees that it was encoded again

// redrawJPEG decodes a picture and encodes it anew, upright. Of its places, cameras, thumbnails and whatever else was in the file or behind it
// nothing is left.
func redrawJPEG(b []byte) ([]byte, error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(b))
	if err := bounded(c, err); err != nil {
		return nil, err
	}
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = jpeg.Encode(&out, upright(img, orientation(b)), &jpeg.Options{Quality: jpegQuality})
	return out.Bytes(), err
}

func redrawPNG(b []byte) ([]byte, error) {
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err := bounded(c, err); err != nil {
		return nil, err
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = png.Encode(&out, img)
	return out.Bytes(), err
}

// bounded looks at the size that a picture says of itself, which is what its decoder will take memory for.
func bounded(c image.Config, err error) error {
	switch {
	case err != nil || c.Width <= 0 || c.Height <= 0:
		return Damaged
	case c.Width > mostPixels/c.Height:
		return Pixels
	}
	return nil
}
